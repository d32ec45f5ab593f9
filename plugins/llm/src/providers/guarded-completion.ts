import type {CompletionEvent, EventBatch} from '../model/completion-event.ts'
import type {AdapterCall} from '../model/provider-adapter.ts'
import type {ProviderFailure} from '../model/provider-failure.ts'
import type {Exchange} from './exchange.ts'
import {brokenAnswer, cancelled, failureOfError, type FailureSource, networkFailure} from './failure-classification.ts'

/** A server that streams on for ever is cut off here, in UTF-16 code units of text, reasoning and tool input. */
const LONGEST_ANSWER = 16_000_000

/** Given with an abort that nobody has to be told of: without a reason Node makes an error with its stack each time. */
const over = new Error('The request is over')

/** Milliseconds that a server has to close its body after its last event. */
const LONGEST_DRAIN = 1000

/**
 * Runs a provider's answer so that every one ends the same way: with `finish`, or with a ProviderFailure. The request
 * is aborted whichever way the reader stops. A time limit runs only while a reader waits for the next event, so that a
 * slow reader is not taken for a silent provider. Once there is a connection, an answer that comes whole is limited by the
 * caller's signal alone, because a provider says nothing at all until it is done.
 *
 * @param open Asks, and gives the events, one by one or as they arrived together; of a whole answer, all of them.
 */
export function guardedCompletion(source: FailureSource, call: AdapterCall, open: OpenAnswer): GuardedEvents {
  return new GuardedEvents(source, call, open)
}

type Events = AsyncIterable<CompletionEvent | EventBatch>
type OpenAnswer = (exchange: Exchange) => Events | Promise<Events | EventBatch>

const ended: IteratorResult<EventBatch, undefined> = {done: true, value: undefined}

/** Read by one reader, who asks for an event when it has the one before. */
export class GuardedEvents implements AsyncIterableIterator<EventBatch, undefined> {
  readonly #source: FailureSource
  readonly #call: AdapterCall
  readonly #open: OpenAnswer
  #watch: Watch | undefined
  #events: AsyncIterator<CompletionEvent | EventBatch> | undefined
  #length = 0
  #hasEnded = false

  constructor(source: FailureSource, call: AdapterCall, open: OpenAnswer) {
    this.#source = source
    this.#call = call
    this.#open = open
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<EventBatch, undefined>> {
    if (this.#hasEnded) return ended
    const source = this.#source
    if (this.#watch === undefined && this.#call.signal.aborted) {
      this.#hasEnded = true
      throw cancelled(false)
    }
    const watch = (this.#watch ??= new Watch(source, this.#call))
    try {
      if (this.#length > LONGEST_ANSWER) {
        throw brokenAnswer(`an answer longer than ${LONGEST_ANSWER} characters`, source)
      }
      const next = await watch.next(() => this.#step(watch.exchange))
      if (next.done) throw brokenAnswer('the answer ended without saying why it stopped', source)
      if (next.value.at(-1)!.type === 'finish') {
        this.#end(watch, true)
        return next
      }
      for (const event of next.value) this.#length += contentLength(event)
      return next
    } catch (error) {
      const failure = watch.failureOf(error)
      this.#end(watch, false)
      throw failure
    }
  }

  async #step(exchange: Exchange): Promise<IteratorResult<CompletionEvent | EventBatch>> {
    if (this.#events === undefined) {
      const opening = this.#open(exchange)
      const opened = opening instanceof Promise ? await opening : opening
      this.#events = isWhole(opened) ? nothingMore : opened[Symbol.asyncIterator]()
      if (isWhole(opened)) return {done: false, value: opened}
    }
    return this.#events.next()
  }

  async return(): Promise<IteratorResult<EventBatch, undefined>> {
    if (this.#watch) this.#end(this.#watch, false)
    this.#hasEnded = true
    return ended
  }

  #end(watch: Watch, isFinished: boolean): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    if (!isFinished) watch.end()
    else if (this.#call.stream) watch.drain(this.#events!)
    // A whole answer was read to its end before it was understood.
    else watch.release()
    this.#events?.return?.().catch(() => undefined)
  }
}

const nothingMore: AsyncIterator<EventBatch> = {next: async () => ended}

function isWhole(opened: Events | EventBatch): opened is EventBatch {
  return Array.isArray(opened)
}

/** The time limits and the cancellation of one request. At most one wait is under way. */
class Watch {
  readonly exchange: Exchange
  readonly #source: FailureSource
  readonly #call: AdapterCall
  readonly #ending = new AbortController()
  #phase: 'connect' | 'first-token' | 'idle' = 'connect'
  #isConnected = false
  #interruption: ProviderFailure | undefined
  #interrupt: ((failure: ProviderFailure) => void) | undefined
  #limit: NodeJS.Timeout | undefined
  /** Of the first content, which runs through connecting too. */
  #first: NodeJS.Timeout | undefined
  readonly #onCancel = (): void => this.#end(cancelled(true))

  constructor(source: FailureSource, call: AdapterCall) {
    this.#source = source
    this.#call = call
    this.exchange = {
      source,
      call,
      signal: this.#ending.signal,
      failure: undefined,
      credentials: undefined,
      sent: () => this.#sent(),
      connected: () => this.#connected(),
      accepted: () => this.#accepted(),
      alive: () => {
        if (this.#phase === 'idle') this.#limit?.refresh()
      },
    }
    call.signal.addEventListener('abort', this.#onCancel, {once: true})
  }

  /** The next event, or why there is none. Not all SDKs listen to their signal, hence the wait is our own. */
  async next(
    step: () => Promise<IteratorResult<CompletionEvent | EventBatch>>,
  ): Promise<IteratorResult<EventBatch, undefined>> {
    if (this.#interruption) throw this.#interruption
    if (this.#phase === 'idle') this.#limit?.refresh()
    const {promise, resolve, reject} = Promise.withResolvers<IteratorResult<CompletionEvent | EventBatch>>()
    this.#interrupt = reject
    step().then(resolve, reject)
    const next = await promise
    this.#interrupt = undefined
    if (next.done) return ended
    const batch = 'type' in next.value ? [next.value] : next.value
    if (this.#call.stream) this.#received(batch)
    return {done: false, value: batch}
  }

  /** What an error means, the first that happened before those that follow from it. */
  failureOf(error: unknown): unknown {
    if (this.#interruption) return this.#interruption
    return this.exchange.failure ?? failureOfError(error, this.#source) ?? error
  }

  /**
   * After the last event: reads to the end of the body, so that the connection serves the next request. What is left
   * unread then, because a client of a vendor has stopped before, is given up.
   */
  drain(events: AsyncIterator<unknown>): void {
    this.release()
    const giveUp = () => this.#ending.abort(over)
    const limit = setTimeout(giveUp, LONGEST_DRAIN).unref()
    const read = async (): Promise<void> => {
      while (!(await events.next()).done);
    }
    read()
      .catch(giveUp)
      .finally(() => clearTimeout(limit))
  }

  end(): void {
    this.release()
    this.#ending.abort(over)
  }

  /** Limits nothing any more. */
  release(): void {
    clearTimeout(this.#limit)
    clearTimeout(this.#first)
    this.#call.signal.removeEventListener('abort', this.#onCancel)
  }

  /** Limits begin here and not before, because loading an SDK is no delay of the provider's. */
  #sent(): void {
    const {stream, timeouts} = this.#call
    // On a kept connection a request is out at once.
    if (this.#limit || (this.#isConnected && !stream)) return
    this.#limit = setTimeout(() => this.#timeOut('it did not accept the request', 'connect'), timeouts.connect)
    if (!stream) return
    this.#first = setTimeout(() => this.#timeOut('nothing was generated', 'firstToken'), timeouts.firstToken)
  }

  /** A whole answer says nothing until it is done, so that the connection is all there is to wait for. */
  #connected(): void {
    this.#isConnected = true
    if (!this.#call.stream) clearTimeout(this.#limit)
  }

  #accepted(): void {
    if (this.#phase !== 'connect') return
    this.#phase = 'first-token'
    clearTimeout(this.#limit)
    this.#limit = undefined
  }

  #received(batch: EventBatch): void {
    if (this.#phase === 'idle' || batch.every(event => contentLength(event) === 0)) return
    this.#accepted()
    this.#phase = 'idle'
    clearTimeout(this.#first)
    const {idle} = this.#call.timeouts
    // A limit that passes while the reader is busy is no silence of the provider.
    this.#limit = setTimeout(() => {
      if (this.#interrupt) this.#timeOut('it fell silent', 'idle')
    }, idle)
  }

  /** What went out on a connection may have been taken up, however silent the provider is. */
  #timeOut(what: string, limit: keyof AdapterCall['timeouts']): void {
    const message = `${what} in ${this.#call.timeouts[limit]} ms`
    this.#end(networkFailure(message, this.#isConnected, this.#source))
  }

  #end(failure: ProviderFailure): void {
    this.#interruption ??= failure
    this.#ending.abort(failure)
    this.#interrupt?.(failure)
  }
}

function contentLength(event: CompletionEvent): number {
  if (event.type === 'tool-input-start') return event.name.length
  return 'text' in event ? event.text.length : 0
}
