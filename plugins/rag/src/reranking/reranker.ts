import type {Hit} from '../index/passage.ts'

/** `linear` is the order that a search gives; `none` the fused lists before it; the others ask a provider. */
export const rerankerNames = ['none', 'linear', 'cohere', 'llm'] as const
export type RerankerName = (typeof rerankerNames)[number]

/** Orders passages anew by how well they answer a query. */
export interface Reranker {
  readonly name: RerankerName
  /** How many passages of a search it looks at. */
  readonly pool: number
  /**
   * @param hits At most `pool`, best first.
   * @returns The same hits in another order, their scores those of this order.
   * @throws RerankFailedError, RerankDeniedError, CancelledError; never the order as it was because of a failure.
   */
  rerank(query: string, hits: readonly Hit[], signal: AbortSignal): Promise<readonly Hit[]>
}

/** The order before the ranker: by the convex combination of both lists. The hits must come with their features. */
export const unranked: Reranker = {
  name: 'none',
  pool: 60,
  rerank: async (_, hits) =>
    hits
      .map(hit => ({...hit, score: hit.features?.fusion ?? 0}))
      .toSorted((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1)),
}
