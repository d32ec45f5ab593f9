import type {EmbeddingAdapter} from './embedding-adapter.ts'
import {faultOfOllama, openOllama} from './ollama-client.ts'
import {withTaskPrefix} from './task-prefixes.ts'

export interface OllamaEmbeddingOptions {
  readonly model: string
  /** Where it listens, as in OLLAMA_HOST. */
  readonly host?: string | undefined
  readonly dimension?: number | undefined
  /** Milliseconds to wait for an answer; a model that is not in memory is loaded first. */
  readonly timeout: number
}

/**
 * Ollama's `/api/embed` (https://docs.ollama.com/api/embed). It takes any number of texts and computes them one after
 * the other, so that small requests cost nothing and lose little; it cuts what is longer than the model reads.
 */
export function ollamaEmbedding(options: OllamaEmbeddingOptions): EmbeddingAdapter {
  const {model, host, dimension, timeout} = options
  return {
    provider: 'ollama',
    model,
    dimension,
    limits: {texts: 32, bytes: 200_000, concurrency: 2},
    secrets: [],
    async request(texts, kind, signal) {
      const client = await openOllama({host, timeout, signal})
      const answer = await client.embed({
        model,
        input: texts.map(text => withTaskPrefix(model, kind, text)),
        truncate: true,
        ...(dimension === undefined ? {} : {dimensions: dimension}),
      })
      return {vectors: answer.embeddings, usage: {inputTokens: answer.prompt_eval_count ?? null}}
    },
    faultOf: error => faultOfOllama(error),
  }
}
