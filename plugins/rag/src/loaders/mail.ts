import type {Email} from 'postal-mime'
import type {MetadataValue} from '../documents/document.ts'
import {CorruptDocumentError, EncryptedDocumentError} from '../documents/errors.ts'
import {parseHtml} from './html.ts'
import type {LoadBudget} from './limits.ts'
import {parsePlainText} from './plain-text.ts'
import type {EmbeddedFile, ParsedText} from './parsed-text.ts'
import {TextBuilder} from './text-builder.ts'

/** A message as its loader read it, whatever its format. */
export interface MailMessage {
  readonly subject: string | undefined
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly cc: readonly string[]
  /** ISO 8601 where it could be read, else as it was sent. */
  readonly date: string | undefined
  readonly messageId: string | undefined
  readonly inReplyTo: string | undefined
  readonly text: string | undefined
  readonly html: string | undefined
  readonly attachments: readonly EmbeddedFile[]
}

const DEEPEST_NESTING = 64
/** A message has at least one of these. */
const HEADERS = new Set(
  'from sender to cc subject date message-id received return-path mime-version content-type'.split(' '),
)
/** Parts that say nothing to a reader: signatures and keys. */
const SIGNATURES = new Set([
  'application/pkcs7-signature',
  'application/x-pkcs7-signature',
  'application/pgp-signature',
  'application/pgp-keys',
])

/**
 * A message of the internet (RFC 5322, MIME): subject, sender, recipients and date, and the text. Where it comes in
 * HTML too, that is what is read, since it has the structure. Earlier messages that are quoted stay, each quotation a
 * block of its own. Attachments come as embedded files; pictures that are shown within the text do not.
 *
 * @throws CorruptDocumentError if it has no header, EncryptedDocumentError, and what the budget throws.
 */
export async function parseMail(bytes: Uint8Array, budget: LoadBudget): Promise<ParsedText> {
  return mailText(await readMail(bytes, budget), budget)
}

/** A message without what it looks like. @throws as `parseMail`. */
export async function readMail(bytes: Uint8Array, budget: LoadBudget): Promise<MailMessage> {
  const {default: PostalMime} = await import('postal-mime')
  let email: Email
  try {
    email = await PostalMime.parse(bytes, {forceRfc822Attachments: true, maxNestingDepth: DEEPEST_NESTING})
  } catch (error) {
    throw new CorruptDocumentError(budget.source, 'is no message that can be read', {cause: error})
  }
  budget.check()
  if (!email.headers.some(({key}) => HEADERS.has(key)))
    throw new CorruptDocumentError(budget.source, 'is no message: it has no header')
  const type = email.headers.find(({key}) => key === 'content-type')?.value ?? ''
  if (/^(?:multipart\/encrypted|application\/(?:x-)?pkcs7-mime(?!.*signed-data))/i.test(type)) {
    throw new EncryptedDocumentError(budget.source, 'is an encrypted message', {hint: 'save a copy that is decrypted'})
  }
  return messageOf(email)
}

function messageOf(email: Email): MailMessage {
  return {
    subject: email.subject,
    from: addresses(email.from ? [email.from] : []),
    to: addresses(email.to ?? []),
    cc: addresses(email.cc ?? []),
    date: email.date,
    messageId: email.messageId,
    inReplyTo: email.inReplyTo,
    text: email.text,
    html: email.html,
    attachments: email.attachments.flatMap(({filename, mimeType, disposition, related, content}) => {
      const isShown = mimeType.startsWith('image/') && (related === true || disposition !== 'attachment')
      if (isShown || SIGNATURES.has(mimeType) || typeof content === 'string') return []
      return [{name: filename ?? nameOfType(mimeType), mediaType: mimeType, bytes: new Uint8Array(content)}]
    }),
  }
}

function nameOfType(mediaType: string): string {
  return mediaType === 'message/rfc822' ? 'message.eml' : 'attachment'
}

function addresses(list: readonly NonNullable<Email['from']>[]): string[] {
  return list.flatMap(({name, address, group}) => {
    if (group) return addresses(group)
    return name && address ? `${name} <${address}>` : (address ?? name)
  })
}

/** Puts a message together: its subject as a heading, who wrote it to whom and when, and what it says. */
export async function mailText(message: MailMessage, budget: LoadBudget): Promise<ParsedText> {
  const builder = new TextBuilder(budget)
  const clean = (text: string): string => text.replace(/\s+/g, ' ').trim().toWellFormed()
  const subject = clean(message.subject ?? '')
  builder.add('heading', subject, 1)
  const lines = [
    ['From', message.from],
    ['To', message.to],
    ['Cc', message.cc],
    ['Date', message.date ? [message.date] : []],
  ] as const
  builder.add(
    'paragraph',
    lines.flatMap(([name, values]) => (values.length > 0 ? `${name}: ${clean(values.join(', '))}` : [])).join('\n'),
  )
  if (message.html !== undefined && message.html.trim() !== '') {
    builder.append(await parseHtml(message.html, budget), 1)
  } else addPlainBody(builder, message.text ?? '')
  return {
    ...builder.build(),
    ...(subject === '' ? {} : {title: subject}),
    metadata: metadataOf(message),
    embedded: message.attachments,
  }
}

function metadataOf(message: MailMessage): Record<string, MetadataValue> {
  const {from, to, cc, date, messageId, inReplyTo, attachments} = message
  const metadata: Record<string, MetadataValue> = {}
  for (const [name, values] of [
    ['from', from],
    ['to', to],
    ['cc', cc],
    ['attachments', attachments.map(each => each.name)],
  ] as const) {
    if (values.length > 0) metadata[name] = values.map(printable)
  }
  for (const [name, value] of [
    ['date', date],
    ['message_id', messageId],
    ['in_reply_to', inReplyTo],
  ] as const) {
    if (value) metadata[name] = printable(value)
  }
  return metadata
}

function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 1000)
    .toWellFormed()
}

const QUOTED_LINE = /^[ \t]*>/

/** Quoted lines are blocks apart from the rest, so that a passage is either the message or what it answers. */
function addPlainBody(builder: TextBuilder, text: string): void {
  let run: string[] = []
  let isQuoted = false
  const end = (): void => {
    const content = run.join('\n').toWellFormed()
    if (isQuoted) builder.add('paragraph', content)
    else builder.append(parsePlainText(content), 1)
    run = []
  }
  for (const line of text.split(/\r?\n/)) {
    if (QUOTED_LINE.test(line) !== isQuoted && (isQuoted ? line.trim() !== '' : true)) {
      end()
      isQuoted = !isQuoted
    }
    run.push(line)
  }
  end()
}
