import type {Handler} from '@omni-ops/core/operation'
import {reranked} from '../collection/answering.ts'
import {Collection} from '../collection/collection.ts'
import type {search} from '../operations/search.ts'
import {rerankerFrom} from '../reranking/reranker-from.ts'
import {hitOut} from './passage-output.ts'

export const handle: Handler<typeof search> = async (
  {query, collection, top_k, filter_metadata, lexical, rerank},
  context,
) => {
  const opened = await Collection.open(collection, context)
  const {index, catalogue} = opened
  await catalogue.requireCollection(collection)
  const filter = await opened.visible(filter_metadata)
  const reranker = await rerankerFrom(rerank, context)
  const limit = Math.max(top_k, reranker?.pool ?? 0)
  const options = await opened.searchOptions(query, {lexical})
  const found = await index.search(query, {...options, limit, filter, explain: reranker !== undefined})
  const hits = (await reranked(reranker, query, found.hits, context)).slice(0, top_k)
  return {query, collection, results: hits.map(hitOut), count: hits.length}
}
