import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {exportPassages} from '../operations/export.ts'
import {decodeCursor, encodeCursor} from './cursor.ts'
import {passageOut} from './passage-output.ts'

export const handle: Handler<typeof exportPassages> = async ({collection, limit, cursor}, context) => {
  const opened = await Collection.open(collection, context)
  await opened.catalogue.requireCollection(collection)
  const entries = await opened.catalogue.list(collection, {limit: limit + 1, after: cursor && decodeCursor(cursor)})
  const page = entries.slice(0, limit)
  const {passages, withheld} = await opened.admittedOf(page.map(entry => entry.id))
  const last = page.at(-1)
  return {
    items: passages.map(passageOut),
    withheld,
    next: entries.length > limit && last ? encodeCursor(last.source) : null,
  }
}
