import {extname, posix} from 'node:path'
import {
  BinaryFileError,
  CorruptDocumentError,
  EncryptedDocumentError,
  UnsupportedFormatError,
} from '../documents/errors.ts'
import {utf16WithoutMark, utf32Mark} from './encoding.ts'
import {isMailbox} from './mailbox.ts'

/** How a file is read. */
export type FileFormat = TextFormat | BinaryFormat | 'mail' | 'mailbox'

type TextFormat = 'markdown' | 'text' | 'html' | 'csv' | 'json' | 'jsonl' | 'code'
type BinaryFormat = 'pdf' | 'docx' | 'pptx' | 'xlsx' | 'odf' | 'epub' | 'msg' | 'rtf' | 'picture' | 'recording'

export interface DetectedFormat {
  readonly format: FileFormat
  /** An IANA media type, or `text/x-…` by custom where none is registered. */
  readonly mediaType: string
}

const MARKDOWN: DetectedFormat = {format: 'markdown', mediaType: 'text/markdown'}
const TEXT: DetectedFormat = {format: 'text', mediaType: 'text/plain'}
const HTML: DetectedFormat = {format: 'html', mediaType: 'text/html'}
const PDF: DetectedFormat = {format: 'pdf', mediaType: 'application/pdf'}
const DOCX: DetectedFormat = {
  format: 'docx',
  mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
}
const PPTX: DetectedFormat = {
  format: 'pptx',
  mediaType: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
}
const XLSX: DetectedFormat = {
  format: 'xlsx',
  mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}
const ODT: DetectedFormat = {format: 'odf', mediaType: 'application/vnd.oasis.opendocument.text'}
const ODP: DetectedFormat = {format: 'odf', mediaType: 'application/vnd.oasis.opendocument.presentation'}
const ODS: DetectedFormat = {format: 'odf', mediaType: 'application/vnd.oasis.opendocument.spreadsheet'}
const EPUB: DetectedFormat = {format: 'epub', mediaType: 'application/epub+zip'}
const RTF: DetectedFormat = {format: 'rtf', mediaType: 'application/rtf'}
const MAIL: DetectedFormat = {format: 'mail', mediaType: 'message/rfc822'}
const MAILBOX: DetectedFormat = {format: 'mailbox', mediaType: 'application/mbox'}
const MSG: DetectedFormat = {format: 'msg', mediaType: 'application/vnd.ms-outlook'}
const CSV: DetectedFormat = {format: 'csv', mediaType: 'text/csv'}
const TSV: DetectedFormat = {format: 'csv', mediaType: 'text/tab-separated-values'}
const JSON_FORMAT: DetectedFormat = {format: 'json', mediaType: 'application/json'}
const JSON_LINES: DetectedFormat = {format: 'jsonl', mediaType: 'application/jsonl'}

function code(mediaType: string): DetectedFormat {
  return {format: 'code', mediaType}
}

const BY_EXTENSION = new Map<string, DetectedFormat>()

function register(format: DetectedFormat, extensions: string): void {
  for (const extension of extensions.split(' ')) BY_EXTENSION.set(`.${extension}`, format)
}

register(MARKDOWN, 'md markdown mdown mkd mdx qmd rmd')
register(TEXT, 'txt text log rst adoc asciidoc wiki org tex srt vtt')
register(HTML, 'html htm xhtml')
register(PDF, 'pdf')
register(DOCX, 'docx docm')
register(PPTX, 'pptx pptm ppsx ppsm')
register(XLSX, 'xlsx xlsm')
register(ODT, 'odt ott')
register(ODP, 'odp otp')
register(ODS, 'ods ots')
register(EPUB, 'epub')
register(RTF, 'rtf')
register(MAIL, 'eml')
register(MAILBOX, 'mbox mbx')
register(MSG, 'msg')
register(CSV, 'csv')
register(TSV, 'tsv tab')
register(JSON_FORMAT, 'json geojson webmanifest ipynb')
register(JSON_LINES, 'jsonl ndjson')
register(code('text/javascript'), 'js mjs cjs jsx')
register(code('text/x-typescript'), 'ts mts cts tsx')
register(code('text/x-python'), 'py pyi')
register(code('text/x-rust'), 'rs')
register(code('text/x-go'), 'go')
register(code('text/x-java'), 'java')
register(code('text/x-kotlin'), 'kt kts')
register(code('text/x-scala'), 'scala sc')
register(code('text/x-swift'), 'swift')
register(code('text/x-c'), 'c h')
register(code('text/x-c++'), 'cc cpp cxx hh hpp hxx')
register(code('text/x-csharp'), 'cs')
register(code('text/x-php'), 'php')
register(code('text/x-ruby'), 'rb rake')
register(code('text/x-perl'), 'pl pm')
register(code('text/x-lua'), 'lua')
register(code('text/x-r'), 'r')
register(code('text/x-julia'), 'jl')
register(code('text/x-haskell'), 'hs')
register(code('text/x-elixir'), 'ex exs')
register(code('text/x-erlang'), 'erl hrl')
register(code('text/x-clojure'), 'clj cljs cljc edn')
register(code('text/x-dart'), 'dart')
register(code('text/x-zig'), 'zig')
register(code('text/x-objective-c'), 'm mm')
register(code('text/x-visual-basic'), 'vb bas')
register(code('text/x-pascal'), 'pas')
register(code('text/x-shellscript'), 'sh bash zsh fish')
register(code('text/x-powershell'), 'ps1 psm1')
register(code('application/sql'), 'sql')
register(code('application/graphql'), 'graphql gql')
register(code('text/x-protobuf'), 'proto')
register(code('text/x-terraform'), 'tf hcl')
register(code('text/css'), 'css scss sass less')
register(code('text/x-vue'), 'vue svelte astro')
register(code('application/yaml'), 'yaml yml')
register(code('application/toml'), 'toml')
register(code('text/x-ini'), 'ini cfg conf properties')
register(code('application/xml'), 'xml xsd xsl xslt svg wsdl')

const BY_NAME = new Map<string, DetectedFormat>([
  ['dockerfile', code('text/x-dockerfile')],
  ['makefile', code('text/x-makefile')],
  ['cmakelists.txt', code('text/x-cmake')],
  ['readme', MARKDOWN],
])

/** A file's format by its name alone; undefined where that says nothing. */
export function formatByName(name: string): DetectedFormat | undefined {
  const base = posix.basename(name.replaceAll('\\', '/')).toLowerCase()
  return BY_NAME.get(base) ?? BY_EXTENSION.get(extname(base))
}

const BY_MEDIA_TYPE = new Map<string, DetectedFormat>([
  ['text/markdown', MARKDOWN],
  ['text/x-markdown', MARKDOWN],
  ['text/html', HTML],
  ['application/xhtml+xml', HTML],
  ['application/pdf', PDF],
  ...[DOCX, PPTX, XLSX, ODT, ODP, ODS, EPUB, RTF, MAIL, MAILBOX, MSG].map(
    format => [format.mediaType, format] as const,
  ),
  ['text/rtf', RTF],
  ['text/csv', CSV],
  ['text/tab-separated-values', TSV],
  ['application/json', JSON_FORMAT],
  ['application/jsonl', JSON_LINES],
  ['application/x-ndjson', JSON_LINES],
])

/** A format by the media type that a server or a caller gave, parameters aside; undefined for `text/plain` and unknown ones. */
export function formatByMediaType(mediaType: string): DetectedFormat | undefined {
  const essence = mediaType.split(';')[0]!.trim().toLowerCase()
  const known = BY_MEDIA_TYPE.get(essence)
  if (known !== undefined) return known
  for (const format of BY_EXTENSION.values())
    if (format.format === 'code' && format.mediaType === essence) return format
  return undefined
}

/** Formats that begin with these bytes are no text. Offsets are 0 unless given. */
const BINARY_MAGIC: readonly {
  readonly name: string
  readonly hex: string
  readonly at?: number
  /** Of pictures that may show text. */
  readonly picture?: string
  /** Of recordings in which somebody may speak. */
  readonly recording?: string
}[] = [
  {name: 'a PNG image', hex: '89504e470d0a1a0a', picture: 'image/png'},
  {name: 'a JPEG image', hex: 'ffd8ff', picture: 'image/jpeg'},
  {name: 'a GIF image', hex: '47494638', picture: 'image/gif'},
  {name: 'a TIFF image', hex: '49492a00', picture: 'image/tiff'},
  {name: 'a TIFF image', hex: '4d4d002a', picture: 'image/tiff'},
  {name: 'a WebP image', hex: '57454250', at: 8, picture: 'image/webp'},
  {name: 'WAV audio', hex: '57415645666d7420', at: 8, recording: 'audio/wav'},
  {name: 'WAV or AVI media', hex: '52494646'},
  // The brands of MPEG-4 sound and films (ISO/IEC 14496-12, 4.3); HEIF has others.
  {name: 'MPEG-4 audio', hex: '667479704d3441', at: 4, recording: 'audio/mp4'},
  {name: 'MP4 media', hex: '6674797069736f', at: 4, recording: 'video/mp4'},
  {name: 'MP4 media', hex: '667479706d7034', at: 4, recording: 'video/mp4'},
  {name: 'MP4 or HEIF media', hex: '66747970', at: 4},
  {name: 'MP3 audio', hex: '494433', recording: 'audio/mpeg'},
  {name: 'MP3 audio', hex: 'fffb', recording: 'audio/mpeg'},
  {name: 'MP3 audio', hex: 'fff3', recording: 'audio/mpeg'},
  {name: 'Ogg media', hex: '4f676753', recording: 'audio/ogg'},
  {name: 'FLAC audio', hex: '664c6143', recording: 'audio/flac'},
  {name: 'Matroska or WebM video', hex: '1a45dfa3', recording: 'audio/webm'},
  {name: 'a gzip archive', hex: '1f8b'},
  {name: 'a bzip2 archive', hex: '425a68'},
  {name: 'an xz archive', hex: 'fd377a585a00'},
  {name: 'a Zstandard archive', hex: '28b52ffd'},
  {name: 'a 7z archive', hex: '377abcaf271c'},
  {name: 'a RAR archive', hex: '526172211a07'},
  {name: 'a tar archive', hex: '7573746172', at: 257},
  {name: 'an ELF program', hex: '7f454c46'},
  {name: 'a Windows program', hex: '4d5a9000'},
  {name: 'a Mach-O program', hex: 'cffaedfe'},
  {name: 'Java bytecode', hex: 'cafebabe'},
  {name: 'WebAssembly', hex: '0061736d'},
  {name: 'a SQLite database', hex: '53514c69746520666f726d6174203300'},
  {name: 'a WOFF font', hex: '774f46'},
]

const PDF_MARK = '%PDF-'
const ZIP_MARK = '504b0304'
const EMPTY_ZIP_MARK = '504b0506'
const OLE_MARK = 'd0cf11e0a1b11ae1'

/**
 * Decides how content is read. What the first bytes prove goes before the name, and the name before a guess at text
 * without one.
 *
 * @throws BinaryFileError, EncryptedDocumentError, UnsupportedFormatError
 */
export function detectFormat(
  bytes: Uint8Array,
  source: string,
  hint: {readonly name?: string; readonly mediaType?: string} = {},
): DetectedFormat {
  const named =
    (hint.mediaType === undefined ? undefined : formatByMediaType(hint.mediaType)) ??
    (hint.name === undefined ? undefined : formatByName(hint.name))
  const proven = formatByMagic(bytes, source, named) ?? mediaFormat(bytes)
  if (proven !== undefined) return proven
  // A message may carry bytes of any kind in its parts.
  if (named !== MAIL && named !== MAILBOX) refuseBinary(bytes, source, named)
  // The name promises what the bytes have not proved: take them for the text they are.
  if (named !== undefined && !FORMAT_NAMES.has(named.format)) return named
  return formatByContent(bytes)
}

function formatByMagic(
  bytes: Uint8Array,
  source: string,
  named: DetectedFormat | undefined,
): DetectedFormat | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024))
  const hex = head.toString('hex', 0, 16)
  // Readers accept junk before the mark, within the first kilobyte (ISO 32000-1, annex H.3.4.1).
  const pdfAt = head.indexOf(PDF_MARK, 0, 'latin1')
  if (pdfAt === 0 || (pdfAt > 0 && (named === PDF || !looksLikeText(head.subarray(0, pdfAt))))) return PDF
  if (hex.startsWith(ZIP_MARK) || hex.startsWith(EMPTY_ZIP_MARK)) return zipFormat(bytes, source)
  if (hex.startsWith(OLE_MARK)) return compoundFormat(bytes, source)
  return head.toString('latin1', 0, 5) === '{\\rtf' ? RTF : undefined
}

function mediaFormat(bytes: Uint8Array): DetectedFormat | undefined {
  for (const {picture, recording, hex, at = 0} of BINARY_MAGIC) {
    const mediaType = picture ?? recording
    if (mediaType === undefined) continue
    const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex', at, at + hex.length / 2)
    // Text may begin like one, but then goes on as text.
    if (found === hex && !looksLikeText(bytes.subarray(0, 8192))) {
      return {format: picture === undefined ? 'recording' : 'picture', mediaType}
    }
  }
  return undefined
}

/**
 * What is packed as a ZIP archive and named in it uncompressed: OpenDocument and EPUB by their first entry (ODF 1.3,
 * part 2, 3.3; EPUB 3.3, 4.2.6.1), Office files by their main part.
 */
function zipFormat(bytes: Uint8Array, source: string): DetectedFormat {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const first = archive.toString('latin1', 30, 120)
  for (const format of [ODT, ODP, ODS, EPUB]) if (first.startsWith(`mimetype${format.mediaType}`)) return format
  const parts: readonly [string, DetectedFormat | undefined][] = [
    ['word/document', DOCX],
    ['ppt/presentation.xml', PPTX],
    ['xl/workbook.xml', XLSX],
    ['xl/workbook.bin', undefined],
    ['META-INF/container.xml', EPUB],
    ['application/vnd.oasis.opendocument', undefined],
  ]
  const found = parts
    .map(([part, format]) => ({format, at: archive.indexOf(part, 0, 'latin1')}))
    .filter(({at}) => at !== -1)
    // An embedded document comes after what names the outer one.
    .toSorted((one, other) => one.at - other.at)[0]
  if (found?.format !== undefined) return found.format
  if (found === undefined) {
    throw new BinaryFileError(source, 'is a ZIP archive', {hint: 'unpack it, and ingest what is in it'})
  }
  throw new UnsupportedFormatError(source, 'this kind of Office file is not read', {
    hint: 'export it as PDF, DOCX, XLSX or HTML',
  })
}

/** Compound files hold Outlook's messages, the old Office formats, and the encrypted new ones ([MS-OFFCRYPTO] 2.3.4.4). */
function compoundFormat(bytes: Uint8Array, source: string): DetectedFormat {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (content.includes(Buffer.from('__properties_version1.0', 'utf16le'))) return MSG
  if (content.includes(Buffer.from('EncryptedPackage', 'utf16le'))) {
    throw new EncryptedDocumentError(source, 'is protected by a password', {hint: 'save a copy without a password'})
  }
  throw new UnsupportedFormatError(source, 'the old binary Office format is not read', {
    hint: 'save it as DOCX, XLSX, PPTX or PDF',
  })
}

/** Formats that their first bytes prove; what has others is none of them. */
const FORMAT_NAMES = new Map<FileFormat, string>([
  ['pdf', 'a PDF'],
  ['docx', 'a DOCX'],
  ['pptx', 'a PPTX'],
  ['xlsx', 'an XLSX'],
  ['odf', 'an OpenDocument file'],
  ['epub', 'an EPUB'],
  ['msg', 'an Outlook message'],
  ['rtf', 'an RTF'],
])

/** What a recording is to a person who wonders why it is not read. */
export function recordingName(mediaType: string): string {
  return BINARY_MAGIC.find(({recording}) => recording === mediaType)?.name ?? 'a recording'
}

function refuseBinary(bytes: Uint8Array, source: string, named: DetectedFormat | undefined): void {
  if (
    isMarkedUtf16(bytes) ||
    utf32Mark(bytes) !== undefined ||
    (looksLikeText(bytes.subarray(0, 8192)) && looksLikeText(bytes.subarray(-1024)))
  )
    return
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512))
  for (const {name, hex, at = 0} of BINARY_MAGIC) {
    if (head.toString('hex', at, at + hex.length / 2) === hex) throw new BinaryFileError(source, `is ${name}`)
  }
  if (named !== undefined && FORMAT_NAMES.has(named.format)) {
    throw new CorruptDocumentError(source, `is named like ${FORMAT_NAMES.get(named.format)}, but is none`)
  }
  throw new BinaryFileError(source, 'is binary, not text')
}

function isMarkedUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
}

/** Control characters that no text has, other than a rare one: all but BEL, BS, TAB, LF, VT, FF, CR and ESC. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\x00-\x06\x0e-\x1a\x1c-\x1f]/g

/** Whether bytes can be text: UTF-16, or no zero byte and next to no control characters. */
function looksLikeText(bytes: Uint8Array): boolean {
  if (utf16WithoutMark(bytes) !== undefined) return true
  if (bytes.includes(0)) return false
  const characters = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  const controls = characters.match(CONTROL)?.length ?? 0
  return controls <= bytes.length / 50
}

const MARKDOWN_LINE = /^(?:#{1,6} \S|```|~~~|[-*+] \S|> \S|\|.*\|[ \t]*$)/
const LONGEST_GUESSED_LINE = 2000
/** Header lines that only messages have (RFC 5322, 3.6), among the first of the text. */
const MAIL_HEADER =
  /^(?:[A-Za-z][\w-]{1,60}:[^\n]{0,2000}\n(?:[ \t][^\n]{0,2000}\n){0,50}){0,50}(?:Received|Return-Path|Message-ID|MIME-Version):[ \t]/i

/** What text without a telling name is: only what it says clearly, else plain text. */
function formatByContent(bytes: Uint8Array): DetectedFormat {
  const head = new TextDecoder().decode(bytes.subarray(0, 65_536)).trimStart()
  if (/^(?:<!doctype html|<html[\s>])/i.test(head)) return HTML
  if (/^[[{]/.test(head)) return jsonFormat(head)
  if (/^---\r?\n[\s\S]{0,4000}?\n---\r?\n/.test(head)) return MARKDOWN
  if (isMailbox(bytes)) return MAILBOX
  if (MAIL_HEADER.test(head)) return MAIL
  let markdownLines = 0
  for (const line of head.split('\n', 400)) {
    if (/^#{1,6} \S/.test(line)) markdownLines++
    if (MARKDOWN_LINE.test(line.slice(0, LONGEST_GUESSED_LINE))) markdownLines++
  }
  if (markdownLines >= 2) return MARKDOWN
  if (head.startsWith('#!')) return code('text/x-shellscript')
  return TEXT
}

function jsonFormat(head: string): DetectedFormat {
  const firstLine = head.slice(0, head.indexOf('\n') === -1 ? head.length : head.indexOf('\n'))
  const secondLine = head.slice(firstLine.length).trimStart()
  if (secondLine.startsWith(head[0]!) && isJson(firstLine)) return JSON_LINES
  return /^(?:\{\s*"|\{\s*\}|\[\s*[[{"\d\-tfn\]])/.test(head) ? JSON_FORMAT : TEXT
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
