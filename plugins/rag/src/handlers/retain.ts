import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import {retentionEnd} from '../collection/retention.ts'
import type {retain} from '../operations/retain.ts'

export const handle: Handler<typeof retain> = async ({sources, until, only_missing, collection}, context) => {
  const end = until === undefined ? null : retentionEnd(until, context.clock.now())
  const opened = await Collection.open(collection, context)
  const ids = await opened.idsOf(sources)
  const changed = await opened.retention.retain(collection, ids, end, {onlyMissing: only_missing})
  return {collection, retain_until: end, documents: ids.length, changed}
}
