import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import {detectorFor} from '../detect/detector-for.ts'
import type {EntityType} from '../detect/entity.ts'
import type {CsvOptions} from '../formats/csv.ts'
import {type FormatName, segmentReader} from '../formats/format.ts'
import {maskMapPurpose, writeMaskMap} from '../mask/mask-map.ts'
import {maskSegments} from '../mask/mask-segments.ts'
import {Placeholders} from '../mask/placeholders.ts'
import type {MaskStyle} from '../mask/replacement.ts'
import {privacyKey} from '../key/privacy-key.ts'
import {type PieceSink, writePieces} from './write-pieces.ts'

export interface MaskFileOptions {
  readonly pieces: AsyncIterable<string>
  readonly sink: PieceSink
  readonly format: FormatName
  readonly csv: CsvOptions
  readonly types: readonly EntityType[]
  readonly threshold: number
  readonly style: MaskStyle
  /** Where to keep what is replaced, encrypted under `privacy.key`. */
  readonly map?: string
}

const tagBytes = 6

/** Masks one file. Returns how many values of each kind were replaced. Throws NoPrivacyKeyError, MalformedFileError, NotTextError. */
export async function maskFile(options: MaskFileOptions, context: Context): Promise<Record<string, number>> {
  const {map, style} = options
  if (map !== undefined && style !== 'numbered') {
    throw new InvalidInputError('Only numbered placeholders can be brought back', {hint: 'leave out --style, or --map'})
  }
  const key = map === undefined ? undefined : privacyKey(context, maskMapPurpose)
  const tag = map === undefined ? undefined : Buffer.from(context.random.bytes(tagBytes)).toString('hex')
  const placeholders = new Placeholders(tag)
  const detector = await detectorFor(options, context)
  const counts: Record<string, number> = {}
  const segments = segmentReader(options.format, options.csv)(options.pieces)
  const masked = maskSegments(segments, {
    detector,
    style,
    placeholders,
    found: type => {
      counts[type] = (counts[type] ?? 0) + 1
    },
  })
  const withMap = async function* () {
    yield* masked
    // Before the masked file is final: a masked file without its map could never be brought back.
    if (map !== undefined && key && tag) await writeMaskMap(map, key, tag, placeholders.entries, context.random)
  }
  await writePieces(withMap(), options.sink)
  return counts
}
