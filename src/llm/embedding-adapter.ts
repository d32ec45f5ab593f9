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
 * milliseconds.
 */
export function retryAfterOf(headers: {get(name: string): string | null | undefined}): number | undefined {
  const milliseconds = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (milliseconds >= 0) return milliseconds
  const value = headers.get('retry-after')
  if (!value) return undefined
  const seconds = Number(value)
  if (seconds >= 0) return seconds * 1000
  const date = Date.parse(value)
  const sent = Date.parse(headers.get('date') ?? '')
  // Reckoned by the server's own clock; without it the date says nothing.
  return Number.isFinite(date - sent) ? Math.max(0, date - sent) : undefined
}
