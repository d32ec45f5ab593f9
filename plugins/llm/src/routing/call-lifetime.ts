import {CancelledError, type Context, OmniError} from '@omni-ops/core/operation'
import {DeadlineError, InterruptedError} from './errors.ts'
import type {Attempt} from './routed-call.ts'
import type {Timing} from './timing.ts'

export interface CallLifetimeOptions {
  /** The caller cancels. */
  readonly cancel: AbortSignal
  readonly clock: Context['clock']
  readonly timing: Timing
  /** Milliseconds that the call may take. */
  readonly total: number
}

/** How long a call goes on: until it is cancelled, nobody reads any more, or its time is over. */
export class CallLifetime {
  readonly #options: CallLifetimeOptions
  readonly #end = new AbortController()
  readonly #onCancel = (): void => this.#end.abort()
  #stopTimer: (() => void) | undefined
  #hasLeft = false
  #isLate = false
  /** On the clock that only goes on. */
  readonly began: number

  constructor(options: CallLifetimeOptions) {
    this.#options = options
    this.began = options.clock.elapsed()
    const {cancel} = options
    if (cancel.aborted) this.#end.abort()
    else cancel.addEventListener('abort', this.#onCancel, {once: true})
  }

  /** Ends the provider's request. */
  get signal(): AbortSignal {
    return this.#end.signal
  }

  /** Milliseconds since it began. */
  get elapsed(): number {
    return this.#options.clock.elapsed() - this.began
  }

  /** Milliseconds that are left. */
  get remaining(): number {
    return this.#options.total - this.elapsed
  }

  /** From now on its time runs out by itself. */
  start(): void {
    const {timing, total} = this.#options
    this.#stopTimer = timing.after(total, () => {
      this.#isLate = true
      this.#end.abort()
    })
  }

  /** Nobody reads any more. */
  leave(): void {
    this.#hasLeft = true
    this.#end.abort()
  }

  /** The call has ended. */
  close(): void {
    this.#stopTimer?.()
    this.#options.cancel.removeEventListener('abort', this.#onCancel)
  }

  /**
   * @param committed the deployment that has begun to answer
   * @throws CancelledError, DeadlineError, InterruptedError
   */
  assertGoing(attempts: readonly Attempt[], committed?: string): void {
    if (this.#isUnwanted) throw new CancelledError()
    if (!this.#isLate && this.remaining > 0) return
    const seconds = Math.round(this.#options.total / 1000)
    if (committed !== undefined) {
      throw new InterruptedError(`The answer of ${committed} took longer than ${seconds} s`, {
        hint: 'raise timeouts.total of llm.timeouts',
      })
    }
    throw new DeadlineError(`No answer within ${seconds} s`, {
      hint: 'raise timeouts.total of llm.timeouts, or ask for less',
      details: {attempts},
    })
  }

  /**
   * Waits so many milliseconds, or until something else happens.
   * @throws CancelledError, DeadlineError where the call ends first
   */
  async wait(milliseconds: number, attempts: readonly Attempt[], orUntil?: Promise<void>): Promise<void> {
    const ended = new AbortController()
    const waiting = this.#options.timing.wait(milliseconds, AbortSignal.any([this.signal, ended.signal]))
    try {
      await (orUntil ? Promise.race([waiting, orUntil]) : waiting)
    } catch (error) {
      this.assertGoing(attempts)
      throw error
    } finally {
      waiting.catch(() => undefined)
      ended.abort()
    }
  }

  /** What the caller is told of an error: what comes of an end that the caller wanted is no fault. */
  told(error: unknown): unknown {
    if (error instanceof OmniError) return error
    return this.#isUnwanted ? new CancelledError() : error
  }

  get #isUnwanted(): boolean {
    return this.#options.cancel.aborted || this.#hasLeft
  }
}
