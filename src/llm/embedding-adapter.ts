import type {ProviderFault} from './errors.ts'
import type {EmbeddingKind, EmbeddingUsage} from './embedding-model.ts'

/** How much a provider takes. */
export interface EmbeddingLimits {
  /** Texts of one request. */
  readonly texts: number
  /**
   * UTF-8 bytes of all texts of one request. A token is made of at least one byte, so that a limit in tokens holds
   * where it holds in bytes, whatever the tokenizer.
   */
  readonly bytes: number
  /** UTF-8 bytes of one text, the rest is cut off; undefined where the provider cuts by itself. */
  readonly bytesOfText?: number
  /** Requests under way at once. */
  readonly concurrency: number
}

/** A fault, and how long the provider asks to be left alone after it. */
export type EmbeddingFault = ProviderFault & {
  /** Milliseconds. */
  readonly retryAfter?: number | undefined
}

/** One provider's protocol: a single request, as it is. What all providers have in common is in `batchedEmbeddings`. */
export interface EmbeddingAdapter {
  readonly provider: string
  readonly model: string
  readonly dimension?: number | undefined
  readonly isOwnServer?: boolean
  readonly limits: EmbeddingLimits
  /** Texts that no error may show. */
  readonly secrets: readonly string[]
  /** Sends one request. What it gives is not trusted: the vectors are checked by the caller. */
  request(texts: readonly string[], kind: EmbeddingKind, signal: AbortSignal): Promise<AdapterAnswer>
  /** Reads an SDK's error; undefined for one that is not the provider's. */
  faultOf(error: unknown): EmbeddingFault | undefined
}

export interface AdapterAnswer {
  /** An array of arrays of numbers, if the provider keeps to its protocol. */
  readonly vectors: unknown
  readonly usage: EmbeddingUsage
}

/**
 * What a provider asks for in `retry-after-ms` (OpenAI) or `retry-after`, seconds or a date (RFC 9110, 10.2.3), in
 * milliseconds; 0 for a date that has passed.
 *
 * @param now What a date is reckoned from where the answer does not say when it was sent; without it such a date says
 * nothing.
 */
export function retryAfterOf(headers: {get(name: string): string | null | undefined}, now?: Date): number | undefined {
  const milliseconds = numberOf(headers.get('retry-after-ms'))
  if (milliseconds !== undefined) return milliseconds
  const value = headers.get('retry-after')
  const seconds = numberOf(value)
  if (seconds !== undefined) return seconds * 1000
  const date = dateOf(value)
  const sent = dateOf(headers.get('date')) ?? now?.getTime()
  return date === undefined || sent === undefined ? undefined : Math.max(0, date - sent)
}

function numberOf(text: string | null | undefined): number | undefined {
  return text && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined
}

/** JavaScript takes a mere number for a date too, which HTTP does not. */
function dateOf(text: string | null | undefined): number | undefined {
  if (!text || !/[a-z]/i.test(text)) return undefined
  const time = Date.parse(text)
  return Number.isFinite(time) ? time : undefined
}
