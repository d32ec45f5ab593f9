import type {Handler} from '@omni-ops/core/operation'
import {Catalogue} from '../collection/catalogue.ts'
import type {list} from '../operations/list.ts'
import {decodeCursor, encodeCursor} from './cursor.ts'
import {summaryOf} from './document-summary.ts'

export const handle: Handler<typeof list> = async ({collection, under, limit, cursor}, context) => {
  const catalogue = await Catalogue.open(context)
  await catalogue.requireCollection(collection)
  const entries = await catalogue.list(collection, {under, limit: limit + 1, after: cursor && decodeCursor(cursor)})
  const items = entries.slice(0, limit).map(summaryOf)
  const last = items.at(-1)
  return {items, next: entries.length > limit && last ? encodeCursor(last.source) : null}
}
