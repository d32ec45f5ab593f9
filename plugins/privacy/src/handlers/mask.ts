import type {Handler} from '@omni-ops/core/operation'
import {detectorFor} from '../detect/detector-for.ts'
import type {EntityType} from '../detect/entity.ts'
import {plainValue} from '../formats/segment.ts'
import {maskValue} from '../mask/mask-segments.ts'
import {Placeholders} from '../mask/placeholders.ts'
import type {mask} from '../operations/mask.ts'
import {countTypes} from './count-types.ts'

export const handle: Handler<typeof mask> = async ({text, types, threshold, style}, context) => {
  const detector = await detectorFor({types, threshold}, context)
  await detector.prepare?.(text)
  const found: {type: EntityType}[] = []
  const masked = maskValue(plainValue(text), {
    detector,
    style,
    placeholders: new Placeholders(),
    found: type => found.push({type}),
  })
  return {text: masked, counts: countTypes(found)}
}
