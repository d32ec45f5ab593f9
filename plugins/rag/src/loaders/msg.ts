import type {FieldsData} from '@kenjiuno/msgreader'
import {CorruptDocumentError} from '../documents/errors.ts'
import type {LoadBudget} from './limits.ts'
import {mailText} from './mail.ts'
import type {EmbeddedFile, ParsedText} from './parsed-text.ts'

/**
 * A message as Outlook saves it ([MS-OXMSG]), read as `parseMail` reads one of the internet. Messages attached to it
 * come as embedded files of the same format.
 *
 * @throws CorruptDocumentError, and what the budget throws.
 */
export async function parseMsg(bytes: Uint8Array, budget: LoadBudget): Promise<ParsedText> {
  const {default: imported} = await import('@kenjiuno/msgreader')
  // A CommonJS module with a default export of its own: bundlers unwrap it, Node does not.
  const MsgReader = (imported as Partial<typeof imported>).default ?? (imported as unknown as typeof imported.default)
  let fields: FieldsData
  let attachments: EmbeddedFile[]
  try {
    const reader = new MsgReader(new Uint8Array(bytes).buffer)
    fields = reader.getFileData()
    attachments = (fields.attachments ?? []).flatMap(attachment => {
      if (attachment.attachmentHidden === true) return []
      const {fileName, content} = reader.getAttachment(attachment)
      const isMessage = attachment.innerMsgContent === true
      return [{name: isMessage && !/\.msg$/i.test(fileName) ? `${fileName}.msg` : fileName, bytes: content}]
    })
  } catch (error) {
    throw damaged(budget, error)
  }
  if (fields.error !== undefined || fields.dataType !== 'msg') throw damaged(budget, fields.error)
  budget.check()
  const recipients = (kind: 'to' | 'cc'): string[] =>
    (fields.recipients ?? [])
      .filter(({recipType}) => recipType === kind)
      .map(each => addressOf(each.name, each.smtpAddress ?? each.email))
  return mailText(
    {
      subject: fields.subject,
      from:
        fields.senderName || fields.senderEmail
          ? [addressOf(fields.senderName, fields.senderSmtpAddress ?? fields.senderEmail)]
          : [],
      to: recipients('to'),
      cc: recipients('cc'),
      date: isoDate(fields.clientSubmitTime ?? fields.messageDeliveryTime),
      messageId: fields.messageId,
      inReplyTo: undefined,
      text: fields.body,
      html: htmlOf(fields),
      attachments,
    },
    budget,
  )
}

function damaged(budget: LoadBudget, cause: unknown): CorruptDocumentError {
  return new CorruptDocumentError(budget.source, 'is no Outlook message that can be read', {
    hint: 'open it in Outlook and save it again',
    cause,
  })
}

function addressOf(name: string | undefined, address: string | undefined): string {
  if (name && address && name !== address) return `${name} <${address}>`
  return address ?? name ?? ''
}

function isoDate(date: string | undefined): string | undefined {
  const time = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(time) ? date : new Date(time).toISOString()
}

/** HTML is kept as text or as bytes, which declare their encoding themselves. */
function htmlOf({bodyHtml, html}: FieldsData): string | undefined {
  if (bodyHtml) return bodyHtml
  if (html === undefined) return undefined
  const [, charset = 'utf-8'] = /charset\s*=\s*["']?([\w-]+)/i.exec(Buffer.from(html).toString('latin1', 0, 4096)) ?? []
  try {
    return new TextDecoder(charset).decode(html)
  } catch {
    return new TextDecoder().decode(html)
  }
}
