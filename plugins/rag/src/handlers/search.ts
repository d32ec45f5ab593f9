import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {search} from '../operations/search.ts'
import {hitOut} from './passage-output.ts'

export const handle: Handler<typeof search> = async ({query, collection, top_k, filter_metadata, lexical}, context) => {
  const opened = await Collection.open(collection, context)
  const {index, catalogue} = opened
  await catalogue.requireCollection(collection)
  const filter = {metadata: filter_metadata ?? {}, excludedDocumentIds: await catalogue.removing(collection)}
  const options = await opened.searchOptions(query, {lexical})
  const {hits} = await index.search(query, {limit: top_k, filter, ...options})
  return {query, collection, results: hits.map(hitOut), count: hits.length}
}
