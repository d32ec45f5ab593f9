import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import {detectorFor} from '../detect/detector-for.ts'
import type {EntityType} from '../detect/entity.ts'
import type {CsvOptions} from '../formats/csv.ts'
import {type FormatName, segmentReader} from '../formats/format.ts'
import {pseudonymizeSegments} from '../pseudonym/pseudonymize-segments.ts'
import {pseudonymsFor, type PseudonymsForOptions} from '../pseudonym/pseudonyms-for.ts'
import {type PieceSink, writePieces} from './write-pieces.ts'

export interface PseudonymizeFileOptions extends PseudonymsForOptions {
  readonly pieces: AsyncIterable<string>
  readonly sink: PieceSink
  readonly format: FormatName
  readonly csv: CsvOptions
  readonly types: readonly EntityType[]
  readonly threshold: number
  /** Columns or keys to replace whole. */
  readonly fields: readonly string[]
  /** Whether personal data is looked for in everything else. */
  readonly detect: boolean
}

/** Pseudonymises one file. Returns how many values of each kind were replaced. Throws NoPrivacyKeyError, MalformedFileError, NotTextError, FormatError. */
export async function pseudonymizeFile(
  options: PseudonymizeFileOptions,
  context: Context,
): Promise<Record<string, number>> {
  if (options.fields.length > 0 && options.format === 'text') {
    throw new InvalidInputError('Text has no columns', {hint: 'name the format with --format csv, json or jsonl'})
  }
  const pseudonymizer = pseudonymsFor(options, context)
  const detector = options.detect ? await detectorFor(options, context) : undefined
  const counts: Record<string, number> = {}
  const segments = segmentReader(options.format, options.csv)(options.pieces)
  const replaced = pseudonymizeSegments(segments, {
    pseudonymizer,
    fields: new Set(options.fields),
    ...(detector ? {detector} : {}),
    replaced: type => {
      counts[type] = (counts[type] ?? 0) + 1
    },
  })
  await writePieces(replaced, options.sink)
  return counts
}
