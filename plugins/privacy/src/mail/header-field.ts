import libmime from 'libmime'
import type {TextEdit} from '../mask/text-edits.ts'

/** What is replaced in the text of a header field. */
export type FieldEdits = (text: string, field: string) => Promise<readonly TextEdit[]>

/** Fields of addresses, message identifiers and routes (RFC 5322, 3.6), where what is replaced must stay one. */
const structured = new Set(
  (
    'from sender reply-to to cc bcc resent-from resent-sender resent-to resent-cc resent-bcc return-path received ' +
    'delivered-to envelope-to x-original-to errors-to disposition-notification-to return-receipt-to ' +
    'message-id in-reply-to references resent-message-id content-id list-id list-unsubscribe list-post list-owner'
  ).split(' '),
)
/** Fields of a value with parameters (RFC 2045, 5.1), of which the file's name is somebody's words. */
const withParameters = new Set(['content-type', 'content-disposition'])
/** Fields without anybody's words. */
const untouched = new Set(['mime-version', 'content-transfer-encoding', 'date', 'dkim-signature', 'arc-seal'])

/** Where nobody gets mail (RFC 6761, 6.4): an address of it says what stood there, and is one. */
export const maskedDomain = 'masked.invalid'
const longestEncodedWord = 52
const longestLine = 76

/**
 * A header field with what is replaced in it, encoded and folded (RFC 2047, RFC 5322); undefined where nothing is. The
 * text that `editsOf` gets is decoded.
 *
 * @param line as it stands, its bytes as code units
 */
export async function editedField(line: string, editsOf: FieldEdits): Promise<string | undefined> {
  const colon = line.indexOf(':')
  if (colon < 1) return undefined
  const name = line.slice(0, colon)
  const key = name.trim().toLowerCase()
  if (untouched.has(key)) return undefined
  const value = textOfBytes(line.slice(colon + 1))
    .replace(/\r?\n(?=[ \t])/g, '')
    .trim()
  const edits: FieldEdits = text => editsOf(text, name)
  const edited = await (structured.has(key)
    ? editedAddresses(value, edits)
    : withParameters.has(key)
      ? editedParameters(value, edits)
      : editedWords(value, edits))
  return edited === undefined ? undefined : libmime.foldLines(`${name}: ${edited}`, longestLine)
}

/** Bytes of a header are ASCII or UTF-8 (RFC 6532), and in old mail anything. */
function textOfBytes(bytes: string): string {
  const buffer = Buffer.from(bytes, 'latin1')
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(buffer)
  } catch {
    return bytes
  }
}

async function editedWords(value: string, editsOf: FieldEdits): Promise<string | undefined> {
  const text = libmime.decodeWords(value)
  const edits = await editsOf(text, '')
  if (edits.length === 0) return undefined
  return libmime.encodeWords(withEdits(text, edits), 'Q', longestEncodedWord)
}

async function editedParameters(value: string, editsOf: FieldEdits): Promise<string | undefined> {
  const parsed = libmime.parseHeaderValue(value)
  let isEdited = false
  for (const parameter of ['name', 'filename']) {
    const text = parsed.params[parameter]
    // With its ending, an address in a file's name would be one of another domain.
    const edits = text === undefined ? [] : await editsOf(text.replace(/\.\w{1,5}$/u, ''), '')
    if (text === undefined || edits.length === 0) continue
    parsed.params[parameter] = withEdits(text, edits)
    isEdited = true
  }
  return isEdited ? libmime.buildHeaderValue(parsed) : undefined
}

/** A piece of a structured value: what it says, and how that is written. */
interface Token {
  readonly kind: 'encoded' | 'quoted' | 'comment' | 'word' | 'other'
  readonly raw: string
  readonly text: string
  /** Of its text in that of the value. */
  readonly start: number
  readonly end: number
}

const tokenPattern =
  /(?<encoded>=\?[^?\s]+\?[bq]\?[^?]*\?=(?:\s+=\?[^?\s]+\?[bq]\?[^?]*\?=)*)|"(?<quoted>(?:[^"\\]|\\.)*)"|(?<comment>\((?:[^()\\]|\\.)*\))|(?<word>[^\s"(),:;<>]+)|[^]/gi

function tokensOf(value: string): Token[] {
  let start = 0
  return [...value.matchAll(tokenPattern)].map(({0: raw, groups = {}}) => {
    const {encoded, quoted, comment, word} = groups
    const kind = encoded ? 'encoded' : quoted === undefined ? (comment ? 'comment' : word ? 'word' : 'other') : 'quoted'
    const said = quoted === undefined ? raw : quoted.replaceAll(/\\(.)/g, '$1')
    const text = kind === 'encoded' || kind === 'comment' ? libmime.decodeWords(raw) : said
    const token = {kind, raw, text, start, end: start + text.length} as const
    start = token.end
    return token
  })
}

/** What nobody replaces stays as it stands. */
async function editedAddresses(value: string, editsOf: FieldEdits): Promise<string | undefined> {
  const tokens = tokensOf(value)
  const edits = await editsOf(tokens.map(({text}) => text).join(''), '')
  if (edits.length === 0) return undefined
  const written: string[] = []
  let next = 0
  for (let at = 0; at < tokens.length;) {
    // Pieces that one edit touches are written anew together.
    let end = at + 1
    const own: TextEdit[] = []
    for (let edit = edits[next]; edit !== undefined && edit.start < tokens[end - 1]!.end; edit = edits[++next]) {
      own.push(edit)
      while (end < tokens.length && tokens[end]!.start < edit.end) end++
    }
    written.push(own.length === 0 ? tokens[at]!.raw : rewritten(tokens.slice(at, end), own))
    at = end
  }
  return written.join('')
}

function rewritten(group: readonly Token[], edits: readonly TextEdit[]): string {
  const [first] = group as [Token]
  const text = withEdits(
    group.map(each => each.text).join(''),
    edits.map(edit => ({...edit, start: edit.start - first.start, end: edit.end - first.start})),
  )
  if (group.length === 1 && first.kind === 'comment') return libmime.encodeWords(text, 'Q', longestEncodedWord)
  return isAddress(group) ? addressOf(text) : phraseOf(text)
}

/** `local@domain`, or `"quoted local"@domain`. */
function isAddress(group: readonly Token[]): boolean {
  return (
    group.at(-1)?.kind === 'word' &&
    group.every(({kind}) => kind === 'word' || kind === 'quoted') &&
    group.some(({kind, text}) => kind === 'word' && text.includes('@'))
  )
}

function addressOf(text: string): string {
  if (/^[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+$/.test(text)) return text
  return `"${escaped(text.replaceAll(/[^\x20-\x7e]/g, '*'))}"@${maskedDomain}`
}

function phraseOf(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? `"${escaped(text)}"` : libmime.encodeWord(text, 'Q', longestEncodedWord)
}

function escaped(text: string): string {
  return text.replaceAll(/["\\]/g, '\\$&')
}

function withEdits(text: string, edits: readonly Pick<TextEdit, 'start' | 'end' | 'replacement'>[]): string {
  let written = ''
  let copiedTo = 0
  for (const {start, end, replacement} of edits) {
    written += text.slice(copiedTo, start) + replacement
    copiedTo = end
  }
  return written + text.slice(copiedTo)
}
