import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import type {search} from '../operations/search.ts'
import {hitOut} from './passage-output.ts'

export const handle: Handler<typeof search> = async ({query, collection, top_k, filter_metadata}, context) => {
  const {index, catalogue} = await Collection.open(collection, context)
  await catalogue.requireCollection(collection)
  const filter = {metadata: filter_metadata ?? {}, excludedDocumentIds: await catalogue.removing(collection)}
  const {hits} = await index.search(query, {limit: top_k, filter})
  return {query, collection, results: hits.map(hitOut), count: hits.length}
}
