import type {Context} from '@omni-ops/core/operation'
import type {CsvOptions} from '../formats/csv.ts'
import {type FormatName, segmentReader} from '../formats/format.ts'
import {maskSegments} from '../mask/mask-segments.ts'
import {beginMasking, type MaskingOptions} from './masking.ts'
import {type PieceSink, writePieces} from './write-pieces.ts'

export interface MaskFileOptions extends MaskingOptions {
  readonly pieces: AsyncIterable<string>
  readonly sink: PieceSink
  readonly format: FormatName
  readonly csv: CsvOptions
}

/** Masks one file. Returns how many values of each kind were replaced. Throws NoPrivacyKeyError, MalformedFileError, NotTextError. */
export async function maskFile(options: MaskFileOptions, context: Context): Promise<Record<string, number>> {
  const {keepMap, ...masking} = await beginMasking(options, context)
  const counts: Record<string, number> = {}
  const segments = segmentReader(options.format, options.csv)(options.pieces)
  const masked = maskSegments(segments, {
    ...masking,
    found: type => {
      counts[type] = (counts[type] ?? 0) + 1
    },
  })
  const withMap = async function* () {
    yield* masked
    await keepMap()
  }
  await writePieces(withMap(), options.sink)
  return counts
}
