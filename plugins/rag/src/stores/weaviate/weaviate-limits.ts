/** What a Weaviate server takes, unless it is configured otherwise. */
export const WEAVIATE_LIMITS = {
  /** QUERY_MAXIMUM_RESULTS: of a search, a page and a batch delete (https://docs.weaviate.io/deploy/configuration/env-vars). */
  results: 10_000,
  /** Objects of a page; the answer has their texts and vectors. */
  page: 200,
  /** Objects of a batch; the docs advise 100 to 1,000 (https://docs.weaviate.io/weaviate/manage-objects/import). */
  batch: 200,
  /** Bytes of a batch, far below what proxies and GRPC_MAX_MESSAGE_SIZE allow. */
  bytes: 4_000_000,
} as const
