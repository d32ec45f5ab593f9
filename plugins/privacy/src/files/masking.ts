import {type Context, InvalidInputError} from '@omni-ops/core/operation'
import {detectorFor} from '../detect/detector-for.ts'
import type {TextDetector} from '../detect/detector.ts'
import type {EntityType} from '../detect/entity.ts'
import {privacyKey} from '../key/privacy-key.ts'
import {maskMapPurpose, writeMaskMap} from '../mask/mask-map.ts'
import {Placeholders} from '../mask/placeholders.ts'
import type {MaskStyle} from '../mask/replacement.ts'

export interface MaskingOptions {
  readonly types: readonly EntityType[]
  readonly threshold: number
  readonly style: MaskStyle
  /** Where to keep what is replaced, encrypted under `privacy.key`. */
  readonly map?: string
}

/** What one run of masking works with, whatever it masks. */
export interface Masking {
  readonly detector: TextDetector
  readonly style: MaskStyle
  readonly placeholders: Placeholders
  /** Before the masked file is final: a masked file without its map could never be brought back. */
  readonly keepMap: () => Promise<void>
}

const tagBytes = 6

/** Begins a run of masking. Throws NoPrivacyKeyError, NoNameModelError, and InvalidInputError for a map of a style that can't be brought back. */
export async function beginMasking(options: MaskingOptions, context: Context): Promise<Masking> {
  const {map, style} = options
  if (map !== undefined && style !== 'numbered') {
    throw new InvalidInputError('Only numbered placeholders can be brought back', {hint: 'leave out --style, or --map'})
  }
  const key = map === undefined ? undefined : privacyKey(context, maskMapPurpose)
  const tag = map === undefined ? undefined : Buffer.from(context.random.bytes(tagBytes)).toString('hex')
  const placeholders = new Placeholders(tag)
  return {
    detector: await detectorFor(options, context),
    style,
    placeholders,
    keepMap: async () => {
      if (map !== undefined && key && tag) await writeMaskMap(map, key, tag, placeholders.entries, context.random)
    },
  }
}
