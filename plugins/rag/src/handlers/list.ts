import type {Handler} from '@omni-ops/core/operation'
import {Catalogue} from '../collection/catalogue.ts'
import type {list} from '../operations/list.ts'
import {decodeCursor, encodeCursor} from './cursor.ts'
import {summariesOf} from './document-summary.ts'

export const handle: Handler<typeof list> = async ({collection, under, expired, held, limit, cursor}, context) => {
  const catalogue = await Catalogue.open(context)
  await catalogue.requireCollection(collection)
  const after = cursor && decodeCursor(cursor)
  const entries = await catalogue.list(collection, {under, expired, held, limit: limit + 1, after})
  const items = await summariesOf(entries.slice(0, limit), catalogue, context)
  const last = items.at(-1)
  return {items, next: entries.length > limit && last ? encodeCursor(last.source) : null}
}
