import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {release} from '../operations/release.ts'

export const handle: Handler<typeof release> = async ({sources, reason, collection}, context) => {
  const opened = await Collection.open(collection, context)
  const ids = await opened.idsOf(sources)
  const changed = await opened.retention.release(collection, ids, reason)
  return {collection, documents: ids.length, changed}
}
