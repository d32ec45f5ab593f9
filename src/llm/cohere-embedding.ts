import {type EmbeddingAdapter, retryAfterOf} from './embedding-adapter.ts'
import {faultOfNetwork} from './network-fault.ts'

export interface CohereEmbeddingOptions {
  readonly apiKey: string
  readonly model: string
  readonly baseUrl?: string | undefined
  /** 256, 512, 1024 or 1536, from embed-v4 on. */
  readonly dimension?: number | undefined
}

const OFFICIAL_BASE_URL = 'https://api.cohere.com'

/**
 * Cohere's embeddings, version 2. A request takes 96 texts; `input_type` tells documents from queries; what is longer
 * than the model reads is cut at its end there (https://docs.cohere.com/reference/embed).
 */
export function cohereEmbedding(options: CohereEmbeddingOptions): EmbeddingAdapter {
  const {apiKey, model, baseUrl, dimension} = options
  return {
    provider: 'cohere',
    model,
    dimension,
    isOwnServer: baseUrl !== undefined,
    limits: {texts: 96, bytes: 400_000, concurrency: 4},
    secrets: [apiKey],
    async request(texts, kind, signal) {
      const {CohereClientV2} = await import('cohere-ai')
      const client = new CohereClientV2({
        token: apiKey,
        baseUrl: baseUrl ?? OFFICIAL_BASE_URL,
        clientName: 'omni',
        maxRetries: 0,
      })
      const answer = await client.embed(
        {
          model,
          texts: [...texts],
          inputType: kind === 'query' ? 'search_query' : 'search_document',
          embeddingTypes: ['float'],
          truncate: 'END',
          ...(dimension === undefined ? {} : {outputDimension: dimension}),
        },
        {abortSignal: signal},
      )
      return {vectors: answer.embeddings?.float, usage: {inputTokens: answer.meta?.billedUnits?.inputTokens ?? null}}
    },
    faultOf(error) {
      if (!(error instanceof Error)) return undefined
      const {name, cause} = error
      if ('statusCode' in error && typeof error.statusCode === 'number') {
        const {statusCode: status, message} = error
        const raw = 'rawResponse' in error ? (error.rawResponse as {headers?: Headers} | undefined) : undefined
        return {kind: 'status', status, message, retryAfter: raw?.headers ? retryAfterOf(raw.headers) : undefined}
      }
      if (name === 'CohereError' || name === 'CohereTimeoutError') {
        const reason = cause instanceof Error ? cause.message : error.message
        return {kind: 'unreachable', message: reason}
      }
      return faultOfNetwork(error)
    },
  }
}
