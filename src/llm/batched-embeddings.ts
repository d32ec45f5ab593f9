import {setTimeout as delay} from 'node:timers/promises'
import {CancelledError, OmniError} from '../operation/errors.ts'
import type {EmbeddingAdapter, EmbeddingFault} from './embedding-adapter.ts'
import {EmbeddingInvalidError} from './embedding-errors.ts'
import type {EmbeddedBatch, EmbeddingModel, EmbeddingRequest, Embeddings} from './embedding-model.ts'
import {errorOf} from './errors.ts'

export interface RetryOptions {
  /** How often a request is sent at most, the first time included. */
  readonly attempts: number
  /** Milliseconds to wait after the first failure; doubled after each further one. */
  readonly firstWait: number
  /** Who asks to be left alone for longer than this, in milliseconds, is given up. */
  readonly longestWait: number
  /** Milliseconds a request may take. */
  readonly timeout: number
  /** Waits; tests do not. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>
  /** From 0 to 1, to spread the retries of many processes; 1 without it. */
  readonly jitter?: () => number
}

export const DEFAULT_RETRY: RetryOptions = {attempts: 6, firstWait: 500, longestWait: 60_000, timeout: 120_000}

/**
 * Makes a model of a provider's protocol: texts go out in requests that keep within its limits, some at once; a request
 * that fails for a passing reason is sent again, no sooner than the provider asks for, and all others wait with it;
 * vectors are checked and brought to unit length.
 */
export function batchedEmbeddings(adapter: EmbeddingAdapter, options: RetryOptions = DEFAULT_RETRY): EmbeddingModel {
  return {
    provider: adapter.provider,
    model: adapter.model,
    dimension: adapter.dimension,
    isOwnServer: adapter.isOwnServer,
    embed: (texts, request) => new EmbeddingRun(adapter, options, texts, request).run(),
  }
}

class EmbeddingRun {
  readonly #adapter: EmbeddingAdapter
  readonly #options: RetryOptions
  readonly #texts: readonly string[]
  readonly #request: EmbeddingRequest
  readonly #vectors: Float32Array[]
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  #dimension: number | undefined
  #inputTokens: number | null = 0
  /** Ends when the provider, having asked to be left alone, may be asked again. */
  #pause: Promise<unknown> = Promise.resolve()
  #keeping: Promise<void> = Promise.resolve()

  constructor(adapter: EmbeddingAdapter, options: RetryOptions, texts: readonly string[], request: EmbeddingRequest) {
    this.#adapter = adapter
    this.#options = options
    const {bytesOfText} = adapter.limits
    this.#texts = texts.map(text => (request.isPassedOn ? text.toWellFormed() : sendable(text, bytesOfText)))
    this.#request = request
    this.#vectors = Array.from({length: texts.length})
    this.#dimension = adapter.dimension
    this.#signal = request.signal ? AbortSignal.any([request.signal, this.#stop.signal]) : this.#stop.signal
  }

  async run(): Promise<Embeddings> {
    if (this.#request.signal?.aborted) throw new CancelledError()
    const batches = batchesOf(this.#texts, this.#adapter.limits)
    const workers = Array.from({length: Math.min(this.#adapter.limits.concurrency, batches.length)}, async () => {
      for (let batch = batches.shift(); batch; batch = batches.shift()) await this.#embed(batch)
    })
    try {
      await Promise.all(workers)
    } catch (error) {
      this.#stop.abort()
      await Promise.allSettled(workers)
      throw this.#request.signal?.aborted ? new CancelledError() : error
    }
    return {vectors: this.#vectors, usage: {inputTokens: this.#inputTokens}}
  }

  async #embed(positions: readonly number[]): Promise<void> {
    const texts = positions.map(position => this.#texts[position]!)
    const answer = await this.#answerTo(texts)
    // What cannot be used was paid for all the same, but there is nothing to keep.
    const vectors = this.#checked(answer.vectors, texts.length)
    for (const [at, position] of positions.entries()) this.#vectors[position] = vectors[at]!
    const {inputTokens} = answer.usage
    this.#inputTokens = this.#inputTokens === null || inputTokens === null ? null : this.#inputTokens + inputTokens
    await this.#keep({positions, vectors, usage: answer.usage})
  }

  async #answerTo(texts: readonly string[]) {
    const {attempts, firstWait, longestWait} = this.#options
    for (let attempt = 1; ; attempt++) {
      await this.#pause
      if (this.#signal.aborted) throw new CancelledError()
      try {
        return await this.#send(texts)
      } catch (error) {
        const fault = this.#faultOf(error)
        const wait = fault.retryAfter ?? firstWait * 2 ** (attempt - 1) * (0.5 + this.#jitter() / 2)
        if (attempt >= attempts || !isPassing(fault) || wait > longestWait) throw this.#errorOf(fault)
        // A limit of the account holds for the requests beside this one as well.
        const waited = this.#wait(wait)
        if (fault.kind === 'status' && fault.status === 429) {
          this.#pause = Promise.allSettled([this.#pause, waited])
        }
        await waited
      }
    }
  }

  async #send(texts: readonly string[]) {
    const {timeout} = this.#options
    const late = AbortSignal.timeout(timeout)
    const signal = AbortSignal.any([this.#signal, late])
    try {
      return await abortable(this.#adapter.request(texts, this.#request.kind, signal), signal)
    } catch (error) {
      if (this.#signal.aborted) throw new CancelledError()
      if (late.aborted) throw new RequestTimeout(`no answer in ${Math.round(timeout / 1000)} s`)
      throw error
    }
  }

  #faultOf(error: unknown): EmbeddingFault {
    if (error instanceof OmniError) throw error
    if (error instanceof RequestTimeout) return {kind: 'unreachable', message: error.message}
    const fault = this.#adapter.faultOf(error)
    if (!fault) throw error
    return fault
  }

  #errorOf(fault: EmbeddingFault): Error {
    const {provider, model, secrets} = this.#adapter
    return errorOf(provider, model, fault, secrets)
  }

  #jitter(): number {
    return this.#options.jitter?.() ?? 1
  }

  async #wait(milliseconds: number): Promise<void> {
    const {wait = (time, signal) => delay(time, undefined, {signal})} = this.#options
    try {
      await wait(milliseconds, this.#signal)
    } catch {
      throw new CancelledError()
    }
  }

  /** One at a time, in the order in which they came. */
  async #keep(batch: EmbeddedBatch): Promise<void> {
    const {onBatch} = this.#request
    if (!onBatch) return
    const kept = this.#keeping.then(() => onBatch(batch))
    this.#keeping = kept.catch(() => undefined)
    await kept
  }

  #checked(vectors: unknown, expected: number): Float32Array[] {
    if (!Array.isArray(vectors) || vectors.length !== expected) {
      const count = Array.isArray(vectors) ? `${vectors.length} vectors` : 'no list of vectors'
      throw this.#invalid(`${count} for ${expected} texts`)
    }
    return vectors.map(vector => this.#unit(vector))
  }

  #unit(values: unknown): Float32Array {
    if (!isNumeric(values)) {
      throw this.#invalid(
        'something else than one list of numbers for each text',
        'the model may be none for sentences',
      )
    }
    this.#dimension ??= values.length
    if (values.length === 0 || values.length !== this.#dimension) {
      throw this.#invalid(`a vector of ${values.length} numbers where ${this.#dimension} were expected`)
    }
    let square = 0
    for (const value of values) square += value * value
    if (!Number.isFinite(square)) throw this.#invalid('a vector with a number that is not finite')
    if (square === 0) throw this.#invalid('a vector of zeros, which has no direction')
    const length = Math.sqrt(square)
    return Float32Array.from(values, value => value / length)
  }

  #invalid(what: string, hint?: string): EmbeddingInvalidError {
    const {provider, model} = this.#adapter
    return new EmbeddingInvalidError(`${provider} answered with ${what} (${model})`, {
      hint: hint ?? 'check the model and `rag.embedding_dimension`; nothing of this answer was kept',
      details: {provider, model},
    })
  }
}

class RequestTimeout extends Error {}

/** Some SDKs do not listen to the signal everywhere. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined)
  const {promise, reject} = Promise.withResolvers<never>()
  const onAbort = (): void => reject(new CancelledError())
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, {once: true})
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Arrays and typed arrays of numbers alone. */
function isNumeric(values: unknown): values is readonly number[] | Float32Array {
  if (values instanceof Float32Array) return true
  return Array.isArray(values) && values.every(value => typeof value === 'number')
}

function isPassing(fault: EmbeddingFault): boolean {
  if (fault.kind !== 'status') return true
  return fault.status === 408 || fault.status === 429 || fault.status >= 500
}

/** No provider takes an empty text, nor half of a surrogate pair. */
function sendable(text: string, bytes: number | undefined): string {
  const whole = text.toWellFormed()
  const filled = whole.trim() === '' ? '.' : whole
  return bytes === undefined ? filled : cutToBytes(filled, bytes)
}

/** The longest beginning of a text that is no longer than this in UTF-8. */
function cutToBytes(text: string, bytes: number): string {
  // A UTF-16 code unit is at most three bytes.
  if (text.length * 3 <= bytes) return text
  const buffer = Buffer.from(text)
  if (buffer.length <= bytes) return text
  let end = bytes
  while (end > 0 && (buffer[end]! & 0xc0) === 0x80) end--
  return buffer.toString('utf8', 0, end)
}

/** Positions in requests: as few as the limits allow, in order. */
function batchesOf(texts: readonly string[], limits: EmbeddingAdapter['limits']): number[][] {
  const batches: number[][] = []
  let batch: number[] = []
  let bytes = 0
  for (const [position, text] of texts.entries()) {
    const own = Buffer.byteLength(text)
    if (batch.length > 0 && (batch.length >= limits.texts || bytes + own > limits.bytes)) {
      batches.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(position)
    bytes += own
  }
  if (batch.length > 0) batches.push(batch)
  return batches
}
