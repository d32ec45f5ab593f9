import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {exportPassages} from '../operations/export.ts'
import {decodeCursor, encodeCursor} from './cursor.ts'
import {passageOut} from './passage-output.ts'

export const handle: Handler<typeof exportPassages> = async ({collection, limit, cursor}, context) => {
  const {catalogue, index} = await Collection.open(collection, context)
  await catalogue.requireCollection(collection)
  const entries = await catalogue.list(collection, {limit: limit + 1, after: cursor && decodeCursor(cursor)})
  const page = entries.slice(0, limit)
  const items = await index.ofDocuments(page.map(entry => entry.id))
  const last = page.at(-1)
  return {
    items: items.map(passageOut),
    next: entries.length > limit && last ? encodeCursor(last.source) : null,
  }
}
