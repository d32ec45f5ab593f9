import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {hold} from '../operations/hold.ts'

export const handle: Handler<typeof hold> = async ({sources, reason, collection}, context) => {
  const opened = await Collection.open(collection, context)
  const ids = await opened.idsOf(sources)
  const changed = await opened.retention.hold(collection, ids, reason)
  return {collection, reason, documents: ids.length, changed}
}
