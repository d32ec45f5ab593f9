import {type Context, OmniError} from '@omni-ops/core/operation'
import {createDetector} from '../detect/create-detector.ts'
import type {Detector} from '../detect/detector.ts'
import type {EntityType} from '../detect/entity.ts'
import type {CsvOptions} from '../formats/csv.ts'
import {type FormatName, formatOf, segmentReader} from '../formats/format.ts'
import {partial} from '../mask/replacement.ts'
import {findFiles} from './find-files.ts'
import {isBinary} from './is-binary.ts'
import {decodePieces, readPieces} from './read-pieces.ts'
import {type FoundSpan, scanSegments} from './scan-segments.ts'

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

/** Finds personal data in files. A file that can't be read is reported, and the others are scanned. */
export async function scanFiles(options: ScanFilesOptions, context: Context): Promise<ScanSummary> {
  const detector = await createDetector({
    threshold: options.threshold,
    ...(options.types.length > 0 ? {types: options.types} : {}),
  })
  const summary: ScanSummary = {files: 0, bytes: 0, found: 0, counts: {}, spans: [], unread: []}
  const read = (bytes: number) => {
    summary.bytes += bytes
    context.emit({type: 'progress', label: 'Scanning', done: summary.bytes, unit: 'bytes'})
  }
  for (const path of options.paths) {
    if (path === '-') {
      const pieces = decodePieces(options.standardInput(), {name: 'stdin', signal: context.signal, read})
      await scanOne('-', options.format ?? 'text', pieces, options, detector, summary)
      continue
    }
    for await (const file of findFiles([path], context.workingDirectory, context.signal)) {
      if (await isBinary(file.path)) {
        summary.unread.push({source: file.name, reason: 'holds no text'})
        continue
      }
      const pieces = readPieces(file.path, {name: file.name, signal: context.signal, read})
      await scanOne(file.name, options.format ?? formatOf(file.path), pieces, options, detector, summary)
    }
  }
  return summary
}

async function scanOne(
  source: string,
  format: FormatName,
  pieces: AsyncIterable<string>,
  options: ScanFilesOptions,
  detector: Detector,
  summary: ScanSummary,
): Promise<void> {
  summary.files++
  try {
    for await (const span of scanSegments(source, segmentReader(format, options.csv)(pieces), detector)) {
      summary.found++
      summary.counts[span.type] = (summary.counts[span.type] ?? 0) + 1
      if (summary.spans.length >= mostListed) continue
      summary.spans.push(options.showValues ? span : {...span, value: partial(span.type, span.value)})
    }
  } catch (error) {
    if (!(error instanceof OmniError) || error.code === 'cancelled') throw error
    summary.unread.push({source, reason: error.message})
  }
}
