import {createReadStream} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {CancelledError, type Context, OmniError} from '@omni-ops/core/operation'
import {detectorFor} from '../detect/detector-for.ts'
import type {TextDetector} from '../detect/detector.ts'
import type {EntityType} from '../detect/entity.ts'
import type {CsvOptions} from '../formats/csv.ts'
import {type FormatName, formatOf, segmentReader} from '../formats/format.ts'
import {partial} from '../mask/replacement.ts'
import {examinedBytes, type FileKind, kindOf, kindOfBytes} from './file-kind.ts'
import {findFiles, type FoundFile} from './find-files.ts'
import type {PlacedText} from './placed-text.ts'
import {decodePieces, readPieces} from './read-pieces.ts'
import {type FoundSpan, scanPlacedTexts, scanSegments} from './scan-segments.ts'

export interface ScanFilesOptions {
  /** Files, directories, or `-` for stdin. */
  readonly paths: readonly string[]
  readonly types: readonly EntityType[]
  readonly threshold: number
  /** By the file's name by default. */
  readonly format: FormatName | undefined
  readonly csv: CsvOptions
  /** Whether the values are told in full; otherwise they are partly hidden. */
  readonly showValues: boolean
  /** What `-` reads. */
  readonly standardInput: () => AsyncIterable<Uint8Array>
}

export interface ScanSummary {
  files: number
  bytes: number
  /** How many there are; more than `spans` where there are too many to list. */
  found: number
  readonly counts: Record<string, number>
  readonly spans: FoundSpan[]
  readonly unread: {readonly source: string; readonly reason: string}[]
}

/** So many findings are kept in memory; the rest is counted. */
const mostListed = 100_000

/** Finds personal data in files and tables. What can't be read is reported, and the others are scanned. */
export async function scanFiles(options: ScanFilesOptions, context: Context): Promise<ScanSummary> {
  const detector = await detectorFor(options, context)
  const summary: ScanSummary = {files: 0, bytes: 0, found: 0, counts: {}, spans: [], unread: []}
  const read = (bytes: number) => {
    summary.bytes += bytes
    context.emit({type: 'progress', label: 'Scanning', done: summary.bytes, unit: 'bytes'})
  }
  const scanner = new Scanner(options, context, detector, summary, read)
  for (const path of options.paths) {
    if (path === '-') await scanner.standardInput()
    else for await (const file of findFiles([path], context.workingDirectory, context.signal)) await scanner.file(file)
  }
  return summary
}

/** Larger documents are not read: PDF and DOCX have to be in memory as a whole. */
const largestDocument = 256 * 1024 * 1024

/** Scans one source after the other into one summary. */
class Scanner {
  readonly #options: ScanFilesOptions
  readonly #context: Context
  readonly #detector: TextDetector
  readonly #summary: ScanSummary
  readonly #read: (bytes: number) => void

  constructor(
    options: ScanFilesOptions,
    context: Context,
    detector: TextDetector,
    summary: ScanSummary,
    read: (bytes: number) => void,
  ) {
    this.#options = options
    this.#context = context
    this.#detector = detector
    this.#summary = summary
    this.#read = read
  }

  async file(file: FoundFile): Promise<void> {
    const {path, name} = file
    const {signal} = this.#context
    if (file.isTable) {
      const {lanceTexts} = await import('./lance-texts.ts')
      return this.#placed(name, lanceTexts(path, {name, signal}))
    }
    const kind = this.#options.format === undefined ? await kindOf(path) : 'text'
    if (kind === 'text') {
      const pieces = readPieces(path, {name, signal, read: this.#read})
      return this.#text(name, this.#options.format ?? formatOf(path), pieces)
    }
    if (kind === 'sqlite') {
      this.#read(file.bytes)
      return this.#placed(name, await this.#database(name, path))
    }
    if (kind === 'mail') return this.#mail(name, createReadStream(path))
    return this.#document(name, kind, file.bytes, () => readFile(path))
  }

  async standardInput(): Promise<void> {
    const {signal} = this.#context
    const source = this.#options.standardInput()[Symbol.asyncIterator]()
    const head: Uint8Array[] = []
    let length = 0
    while (length < examinedBytes) {
      const next = await source.next()
      if (next.done === true) break
      head.push(next.value)
      length += next.value.length
    }
    const whole = resumed(head, source)
    const kind = this.#options.format === undefined ? kindOfBytes('-', Buffer.concat(head)) : 'text'
    if (kind === 'text') {
      const pieces = decodePieces(whole, {name: 'stdin', signal, read: this.#read})
      return this.#text('-', this.#options.format ?? 'text', pieces)
    }
    const bytes = await gathered(whole, signal)
    if (kind === 'sqlite' && bytes) return this.#placed('-', await this.#database('stdin', bytes))
    return this.#document('-', kind, bytes?.length ?? Number.POSITIVE_INFINITY, async () => bytes ?? Buffer.alloc(0))
  }

  async #database(name: string, database: string | Buffer): Promise<AsyncIterable<PlacedText>> {
    const {sqliteTexts} = await import('./sqlite-texts.ts')
    return sqliteTexts(database, {name, signal: this.#context.signal, unread: this.#unread(name)})
  }

  async #document(source: string, kind: FileKind, bytes: number, read: () => Promise<Uint8Array>): Promise<void> {
    const unread = this.#unread(source)
    if (kind === 'binary') return unread('holds no text')
    if (bytes > largestDocument) return unread(`is larger than ${largestDocument / 1024 / 1024} MB`)
    const options = {name: source, signal: this.#context.signal, unread}
    const content = new Uint8Array(await read())
    this.#read(content.length)
    if (kind === 'pdf') {
      const {pdfTexts} = await import('./pdf-texts.ts')
      return this.#placed(source, pdfTexts(content, options))
    }
    const {docxTexts} = await import('./docx-texts.ts')
    return this.#placed(source, docxTexts(content, options))
  }

  async #mail(source: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const {scanMail} = await import('../mail/scan-mail.ts')
    const {signal} = this.#context
    const read = this.#read
    const counted = async function* () {
      for await (const piece of bytes) {
        if (signal.aborted) throw new CancelledError()
        read(piece.length)
        yield piece
      }
    }
    return this.#spans(
      source,
      scanMail({source, bytes: counted(), detector: this.#detector, unread: this.#unread(source)}),
    )
  }

  #text(source: string, format: FormatName, pieces: AsyncIterable<string>): Promise<void> {
    return this.#spans(source, scanSegments(source, segmentReader(format, this.#options.csv)(pieces), this.#detector))
  }

  #placed(source: string, texts: AsyncIterable<PlacedText>): Promise<void> {
    return this.#spans(source, scanPlacedTexts(source, texts, this.#detector))
  }

  #unread(source: string): (reason: string) => void {
    return reason => void this.#summary.unread.push({source, reason})
  }

  async #spans(source: string, spans: AsyncIterable<FoundSpan>): Promise<void> {
    const summary = this.#summary
    summary.files++
    try {
      for await (const span of spans) {
        summary.found++
        summary.counts[span.type] = (summary.counts[span.type] ?? 0) + 1
        if (summary.spans.length >= mostListed) continue
        summary.spans.push(this.#options.showValues ? span : {...span, value: partial(span.type, span.value)})
      }
    } catch (error) {
      if (!(error instanceof OmniError) || error.code === 'cancelled') throw error
      this.#unread(source)(error.message)
    }
  }
}

async function* resumed(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

/** All of a stream; undefined where it is more than a document may be. */
async function gathered(source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Buffer | undefined> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of source) {
    if (signal.aborted) throw new CancelledError()
    pieces.push(piece)
    length += piece.length
    if (length > largestDocument) return undefined
  }
  return Buffer.concat(pieces)
}
