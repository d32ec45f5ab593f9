import {type EmbeddingAdapter, retryAfterOf} from './embedding-adapter.ts'
import {faultOfNetwork} from './network-fault.ts'
import {withTaskPrefix} from './task-prefixes.ts'

export interface HuggingFaceEmbeddingOptions {
  /** May be missing where `url` names a server of one's own. */
  readonly apiKey?: string | undefined
  readonly model: string
  /** Of a server that answers like text-embeddings-inference's `/embed`; without it, Inference Providers. */
  readonly url?: string | undefined
}

/** Longer error bodies are not read. */
const LONGEST_ERROR = 2000

/**
 * HuggingFace's feature extraction over HTTP (https://huggingface.co/docs/inference-providers/tasks/feature-extraction).
 * What serves it, text-embeddings-inference, takes 32 texts a request unless told otherwise (`--max-client-batch-size`,
 * https://huggingface.co/docs/text-embeddings-inference/cli_arguments) and cuts texts where `truncate` says so.
 */
export function huggingFaceEmbedding(options: HuggingFaceEmbeddingOptions): EmbeddingAdapter {
  const {apiKey, model} = options
  const url = options.url ?? `https://router.huggingface.co/hf-inference/models/${model}/pipeline/feature-extraction`
  return {
    provider: 'huggingface',
    model,
    limits: {texts: 32, bytes: 200_000, concurrency: 2},
    secrets: [apiKey ?? ''],
    async request(texts, kind, signal) {
      const inputs = texts.map(text => withTaskPrefix(model, kind, text))
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(apiKey === undefined ? {} : {authorization: `Bearer ${apiKey}`}),
        },
        body: JSON.stringify({inputs, normalize: true, truncate: true}),
        // A key must not follow to another host.
        redirect: 'error',
        signal,
      })
      if (!response.ok) throw new HuggingFaceStatusError(response, (await response.text()).slice(0, LONGEST_ERROR))
      return {vectors: await response.json(), usage: {inputTokens: null}}
    },
    faultOf(error) {
      if (error instanceof HuggingFaceStatusError) {
        const {status, message, retryAfter} = error
        return {kind: 'status', status, message, retryAfter}
      }
      return faultOfNetwork(error)
    },
  }
}

class HuggingFaceStatusError extends Error {
  readonly status: number
  readonly retryAfter: number | undefined

  constructor(response: Response, body: string) {
    super(body)
    this.status = response.status
    this.retryAfter = retryAfterOf(response.headers)
  }
}
