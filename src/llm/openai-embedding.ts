import {type EmbeddingAdapter, retryAfterOf} from './embedding-adapter.ts'
import {withTaskPrefix} from './task-prefixes.ts'
import {faultOfNetwork} from './network-fault.ts'

export interface OpenAiEmbeddingOptions {
  /** May be missing where `baseUrl` names a server of one's own that asks for none. */
  readonly apiKey?: string | undefined
  readonly model: string
  /** Of a server that speaks the OpenAI protocol, with its version: `http://127.0.0.1:8000/v1`. */
  readonly baseUrl?: string | undefined
  readonly dimension?: number | undefined
}

const OFFICIAL_BASE_URL = 'https://api.openai.com/v1'

/**
 * OpenAI's embeddings, which other servers (vLLM, llama.cpp, text-embeddings-inference, LM Studio) offer as well. A
 * request takes 2,048 texts and 300,000 tokens, a text 8,192 tokens
 * (https://platform.openai.com/docs/api-reference/embeddings/create); longer texts are refused there, so they are cut
 * here. Requests are kept smaller than that, so that less is lost where one fails.
 */
export function openAiEmbedding(options: OpenAiEmbeddingOptions): EmbeddingAdapter {
  const {apiKey, model, baseUrl, dimension} = options
  return {
    provider: 'openai',
    model,
    dimension,
    isOwnServer: baseUrl !== undefined,
    limits: {texts: 256, bytes: 300_000, bytesOfText: 8192, concurrency: 4},
    secrets: [apiKey ?? ''],
    async request(texts, kind, signal) {
      const {OpenAI} = await import('openai')
      // Everything the SDK would read from the environment is said here; retries are the caller's.
      const client = new OpenAI({
        apiKey: apiKey ?? 'none',
        adminAPIKey: null,
        organization: null,
        project: null,
        webhookSecret: null,
        baseURL: baseUrl ?? OFFICIAL_BASE_URL,
        maxRetries: 0,
        logLevel: 'off',
      })
      const {data, usage} = await client.embeddings.create(
        {
          model,
          input: texts.map(text => withTaskPrefix(model, kind, text)),
          // Base64 is smaller, but not all servers have it.
          encoding_format: 'float',
          ...(dimension === undefined ? {} : {dimensions: dimension}),
        },
        {signal},
      )
      // `index` says which text a vector is of.
      const vectors = Array.isArray(data)
        ? data.toSorted((one, other) => one.index - other.index).map(({embedding}) => embedding)
        : data
      return {vectors, usage: {inputTokens: usage?.prompt_tokens ?? null}}
    },
    faultOf(error) {
      if (!(error instanceof Error)) return undefined
      if ('status' in error && typeof error.status === 'number') {
        const headers = 'headers' in error && error.headers instanceof Headers ? error.headers : new Headers()
        return {kind: 'status', status: error.status, message: error.message, retryAfter: retryAfterOf(headers)}
      }
      return faultOfNetwork(error)
    },
  }
}
