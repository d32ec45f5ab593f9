import {CancelledError} from '@omni-ops/core/operation'
import * as z from 'zod'
import {visible} from '../answers/prompt.ts'
import type {Hit} from '../index/passage.ts'
import {RerankDeniedError, RerankFailedError} from './errors.ts'
import type {Reranker} from './reranker.ts'

export interface CohereRerankerOptions {
  readonly apiKey: string
  readonly model: string
  readonly baseUrl?: string | undefined
  /** Milliseconds to wait for an answer. */
  readonly timeout?: number
}

const OFFICIAL_BASE_URL = 'https://api.cohere.com'
const TIMEOUT = 30_000
/** Answers are a few numbers for each passage. */
const LONGEST_ANSWER = 1_000_000

const Answer = z.object({results: z.array(z.object({index: z.int().min(0), relevance_score: z.number()}))})

/** Cohere's reranker, version 2 of the API: https://docs.cohere.com/reference/rerank */
export function cohereReranker(options: CohereRerankerOptions): Reranker {
  return {
    name: 'cohere',
    pool: 50,
    async rerank(query, hits, signal) {
      if (hits.length === 0) return hits
      const {results} = await ask(options, query, hits, signal)
      if (new Set(results.map(({index}) => index)).size !== hits.length || results.length !== hits.length) {
        throw new RerankFailedError(`Cohere ordered ${results.length} of ${hits.length} passages`)
      }
      return results.map(({index, relevance_score: score}) => {
        const hit = hits[index]
        if (!hit) throw new RerankFailedError(`Cohere named passage ${index} of ${hits.length}`)
        return {...hit, score}
      })
    },
  }
}

async function ask(
  options: CohereRerankerOptions,
  query: string,
  hits: readonly Hit[],
  signal: AbortSignal,
): Promise<z.output<typeof Answer>> {
  const {apiKey, model, baseUrl = OFFICIAL_BASE_URL, timeout = TIMEOUT} = options
  const documents = hits.map(({headings, text}) => visible([...headings, text].join('\n')))
  let response: Response
  let body: string
  try {
    response = await fetch(new URL('/v2/rerank', baseUrl), {
      method: 'POST',
      headers: {authorization: `Bearer ${apiKey}`, 'content-type': 'application/json'},
      body: JSON.stringify({model, query, documents, top_n: documents.length}),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      redirect: 'error',
    })
    body = (await response.text()).slice(0, LONGEST_ANSWER)
  } catch (error) {
    if (signal.aborted) throw new CancelledError()
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    throw new RerankFailedError(`Cohere cannot be reached: ${reason.replaceAll(apiKey, '…')}`)
  }
  if (response.status === 401 || response.status === 403) {
    throw new RerankDeniedError(`Cohere did not accept the key (HTTP ${response.status})`, {
      hint: 'check COHERE_API_KEY',
    })
  }
  if (!response.ok) throw new RerankFailedError(`Cohere does not rerank with ${model} now (HTTP ${response.status})`)
  try {
    return Answer.parse(JSON.parse(body))
  } catch (error) {
    throw new RerankFailedError('Cohere answered with something that is no order of passages', {cause: error})
  }
}
