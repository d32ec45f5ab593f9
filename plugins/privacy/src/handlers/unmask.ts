import type {Handler} from '@omni-ops/core/operation'
import {maskMapPurpose, openMaskMap} from '../mask/mask-map.ts'
import {once} from '../formats/segment.ts'
import {privacyKey} from '../key/privacy-key.ts'
import {unmask} from '../mask/unmask.ts'
import type {unmask as operation} from '../operations/unmask.ts'

export const handle: Handler<typeof operation> = async ({text, map}, context) => {
  const {tag, entries} = openMaskMap(map, privacyKey(context, maskMapPurpose))
  let restored = 0
  const pieces: string[] = []
  for await (const piece of unmask(once(text), tag, entries, () => restored++)) pieces.push(piece)
  return {text: pieces.join(''), restored}
}
