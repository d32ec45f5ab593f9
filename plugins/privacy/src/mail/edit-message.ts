import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import libqp from 'libqp'
import {type Bytes, type Node, Splitter} from 'mailsplit'
import {UnreadableFileError} from '../files/file-kind.ts'
import type {TextEdit} from '../mask/text-edits.ts'
import {editedField} from './header-field.ts'

/** What is done with the texts of a message. */
export interface MailEditor {
  /** What is replaced in a header field. Its text is decoded. */
  header(text: string, field: string, part: string): Promise<readonly TextEdit[]>
  /** A part's text, decoded, with what is replaced in it: the same where nothing is. */
  body(text: string, part: MailPart): Promise<string>
  /** Told of a part that is copied as it stands. */
  unread(reason: string): void
}

export interface MailPart {
  /** As a person finds it: `text`, `part 1.2`. */
  readonly name: string
  readonly filename: string | undefined
}

/** Other types whose content is text. */
const alsoText = new Set([
  'application/json',
  'application/xml',
  'application/x-ndjson',
  'message/delivery-status',
  'message/disposition-notification',
])

/** A line of quoted-printable has at most 76 (RFC 2045, 6.7), two of which are for a `From ` that is encoded. */
const longestLine = 74
const most = {maxHeadSize: 16 * 1024 * 1024, maxChildNodes: 10_000}

/**
 * A message of the internet (RFC 5322, MIME) with what an editor replaces in its header fields and texts. What is
 * replaced is encoded for where it stands; every other byte stays what it was. A message in it is taken apart, too.
 *
 * @throws UnreadableFileError
 */
export async function* editedMessage(
  message: Uint8Array,
  name: string,
  editor: MailEditor,
): AsyncGenerator<Uint8Array> {
  const splitter = new Splitter({defaultInlineEmbedded: true, ...most})
  const fed = pipeline(Readable.from([message], {objectMode: false}), splitter)
  fed.catch(() => undefined)
  let open: OpenPart | undefined
  try {
    for await (const piece of splitter as AsyncIterable<Node | Bytes>) {
      if (piece.type === 'body') {
        open?.chunks.push(piece.value ?? Buffer.alloc(0))
        continue
      }
      if (open) yield* editedPart(open, editor)
      open = piece.type === 'node' ? {node: piece, chunks: []} : undefined
      if (piece.type === 'data' && piece.value) yield piece.value
    }
    if (open) yield* editedPart(open, editor)
  } catch (error) {
    if ((error as {code?: string}).code !== 'EMAXLEN') throw error
    throw new UnreadableFileError(`${name} has more parts or longer headers than mail has`, {cause: error})
  }
}

interface OpenPart {
  readonly node: Node
  readonly chunks: Buffer[]
}

async function* editedPart({node, chunks}: OpenPart, editor: MailEditor): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.concat(chunks)
  const lineEnd = node.headers.build().includes('\r\n') ? '\r\n' : '\n'
  const body = bytes.length === 0 ? bytes : await editedBody(node, bytes, lineEnd, editor)
  const part = partName(node)
  for (const field of node.headers.getList()) {
    const edited = await editedField(field.line, (text, key) => editor.header(text, key, part))
    if (edited === undefined) continue
    field.line = edited
    node.headers.changed = true
  }
  yield node.headers.changed ? node.headers.build(lineEnd) : node.headers.build()
  yield body
}

async function editedBody(node: Node, bytes: Buffer, lineEnd: string, editor: MailEditor): Promise<Buffer> {
  const part: MailPart = {name: partName(node), filename: node.filename === false ? undefined : node.filename}
  const type = node.contentType === false ? 'text/plain' : node.contentType
  const text = type.startsWith('text/') || alsoText.has(type) ? textOf(node, bytes) : undefined
  if (text === undefined) {
    editor.unread(`${part.name} (${part.filename ?? type}) is copied as it stands`)
    return bytes
  }
  const edited = await editor.body(text, part)
  if (edited === text) return bytes
  node.setCharset('utf-8')
  const encoding = node.encoding === 'base64' ? 'base64' : 'quoted-printable'
  if (node.encoding !== encoding) node.headers.update('Content-Transfer-Encoding', encoding)
  if (node.partNr.at(-1) === 'TEXT' && !node.headers.hasHeader('mime-version'))
    node.headers.add('MIME-Version', '1.0', Infinity)
  return Buffer.from(encoded(edited, encoding, lineEnd) + (encoding === 'base64' && node.root ? lineEnd : ''))
}

/** What a part says; undefined where its charset is none that is known, or not what its bytes are in. */
function textOf(node: Node, bytes: Buffer): string | undefined {
  const transferred =
    node.encoding === 'base64'
      ? Buffer.from(bytes.toString('latin1'), 'base64')
      : node.encoding === 'quoted-printable'
        ? libqp.decode(bytes.toString('latin1'))
        : bytes
  const charsets = node.charset === false ? ['utf-8', 'windows-1252'] : [node.charset]
  for (const charset of charsets) {
    try {
      return new TextDecoder(charset, {fatal: true, ignoreBOM: true}).decode(transferred)
    } catch {
      continue
    }
  }
  return undefined
}

function encoded(text: string, encoding: 'base64' | 'quoted-printable', lineEnd: string): string {
  if (encoding === 'base64')
    return Buffer.from(text)
      .toString('base64')
      .replaceAll(/.{76}(?=.)/g, `$&${lineEnd}`)
  const lines = libqp.wrap(libqp.encode(Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'))), longestLine)
  // In a mailbox it would begin another message (RFC 4155).
  return lines.replaceAll(/^From /gm, '=46rom ').replaceAll('\r\n', lineEnd)
}

/** `text` for the one part of a message, else the numbers that IMAP gives to parts (RFC 3501, 6.4.5). */
function partName({partNr}: Node): string {
  const numbers = partNr.filter(each => each !== 'TEXT')
  return numbers.length === 0 ? 'text' : `part ${numbers.join('.')}`
}
