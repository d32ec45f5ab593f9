import {extname, posix} from 'node:path'
import {
  BinaryFileError,
  CorruptDocumentError,
  EncryptedDocumentError,
  UnsupportedFormatError,
} from '../documents/errors.ts'
import {utf16WithoutMark} from './encoding.ts'

/** How a file is read. */
export type FileFormat = 'markdown' | 'text' | 'html' | 'pdf' | 'docx' | 'csv' | 'json' | 'jsonl' | 'code'

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
register(TEXT, 'txt text log rst adoc asciidoc wiki org tex srt vtt eml')
register(HTML, 'html htm xhtml')
register(PDF, 'pdf')
register(DOCX, 'docx docm')
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
  [DOCX.mediaType, DOCX],
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
const BINARY_MAGIC: readonly {readonly name: string; readonly hex: string; readonly at?: number}[] = [
  {name: 'a PNG image', hex: '89504e470d0a1a0a'},
  {name: 'a JPEG image', hex: 'ffd8ff'},
  {name: 'a GIF image', hex: '47494638'},
  {name: 'a TIFF image', hex: '49492a00'},
  {name: 'a TIFF image', hex: '4d4d002a'},
  {name: 'a WebP image, or WAV or AVI media', hex: '52494646'},
  {name: 'MP4 or HEIF media', hex: '66747970', at: 4},
  {name: 'MP3 audio', hex: '494433'},
  {name: 'Ogg media', hex: '4f676753'},
  {name: 'FLAC audio', hex: '664c6143'},
  {name: 'Matroska or WebM video', hex: '1a45dfa3'},
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
  const proven = formatByMagic(bytes, source, named)
  if (proven !== undefined) return proven
  refuseBinary(bytes, source, named)
  // The name promises what the bytes have not proved: take them for the text they are.
  if (named !== undefined && named.format !== 'pdf' && named.format !== 'docx') return named
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
  if (hex.startsWith(OLE_MARK)) throw oleError(bytes, source)
  if (head.toString('latin1', 0, 5) === '{\\rtf') {
    throw new UnsupportedFormatError(source, 'RTF is not read', {hint: 'save it as DOCX or PDF'})
  }
  return undefined
}

/** Office files are ZIP archives that name their main part; names stand uncompressed in the archive. */
function zipFormat(bytes: Uint8Array, source: string): DetectedFormat {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (archive.includes('word/document', 0, 'latin1')) return DOCX
  const known: readonly [string, string][] = [
    ['xl/workbook', 'an Excel workbook'],
    ['ppt/presentation', 'a PowerPoint presentation'],
    ['application/vnd.oasis.opendocument', 'an OpenDocument file'],
    ['application/epub+zip', 'an EPUB book'],
  ]
  for (const [part, name] of known) {
    if (archive.includes(part, 0, 'latin1')) {
      throw new UnsupportedFormatError(source, `${name} is not read`, {hint: 'export it as PDF, DOCX, CSV or HTML'})
    }
  }
  throw new BinaryFileError(source, 'is a ZIP archive', {hint: 'unpack it, and ingest what is in it'})
}

/** Compound files hold the old Office formats, and the encrypted new ones ([MS-OFFCRYPTO] 2.3.4.4). */
function oleError(bytes: Uint8Array, source: string): EncryptedDocumentError | UnsupportedFormatError {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (content.includes(Buffer.from('EncryptedPackage', 'utf16le'))) {
    return new EncryptedDocumentError(source, 'is protected by a password', {hint: 'save a copy without a password'})
  }
  return new UnsupportedFormatError(source, 'the old binary Office format is not read', {
    hint: 'save it as DOCX or PDF',
  })
}

function refuseBinary(bytes: Uint8Array, source: string, named: DetectedFormat | undefined): void {
  if (isMarkedUtf16(bytes) || (looksLikeText(bytes.subarray(0, 8192)) && looksLikeText(bytes.subarray(-1024)))) return
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512))
  for (const {name, hex, at = 0} of BINARY_MAGIC) {
    if (head.toString('hex', at, at + hex.length / 2) === hex) throw new BinaryFileError(source, `is ${name}`)
  }
  if (named === PDF || named === DOCX) {
    throw new CorruptDocumentError(source, `is named like ${named === PDF ? 'a PDF' : 'a DOCX'}, but is none`)
  }
  throw new BinaryFileError(source, 'is binary, not text')
}

function isMarkedUtf16(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
}

/** Control characters that no text has, other than a rare one: all but BEL, BS, TAB, LF, VT, FF, CR and ESC. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
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

/** What text without a telling name is: only what it says clearly, else plain text. */
function formatByContent(bytes: Uint8Array): DetectedFormat {
  const head = new TextDecoder().decode(bytes.subarray(0, 65_536)).trimStart()
  if (/^(?:<!doctype html|<html[\s>])/i.test(head)) return HTML
  if (/^[[{]/.test(head)) return jsonFormat(head)
  if (/^---\r?\n[\s\S]{0,4000}?\n---\r?\n/.test(head)) return MARKDOWN
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
