import {
  type Meter,
  type MeteredAnswer,
  type MeteredCall,
  type MeteredOutcome,
  type Quantities,
  RefusedAnswerError,
} from '@omni-ops/core/llm'
import {CancelledError, type Context, OmniError, type OpenMeter} from '@omni-ops/core/operation'
import type {Budgets, Reservation} from '../budget/budgets.ts'
import {generalSettings} from '../configuration/configuration.ts'
import type {RetrySettings} from '../configuration/schema.ts'
import type {KeyLimits} from '../keys/key-limits.ts'
import type {Ledger} from '../ledger/ledger.ts'
import {noUsage} from '../model/completion-usage.ts'
import type {CompletionUsage} from '../model/completion-event.ts'
import {type FailureFacts, ProviderFailure} from '../model/provider-failure.ts'
import {cancelled, failureOfAnswer, failureOfError, networkFailure} from '../providers/failure-classification.ts'
import {keyOf} from '../routing/call-account.ts'
import type {CallContext} from '../routing/engine.ts'
import {ProviderError} from '../routing/errors.ts'
import {budgetsOf, keyLimitsOf, ledgerOf} from '../routing/open-engine.ts'
import type {Attempt} from '../routing/routed-call.ts'
import {systemTiming, type Timing} from '../routing/timing.ts'
import {mediaPrice} from './media-price.ts'
import {LISTED_MEDIA_RATES, type MediaRates} from './media-rates.ts'

export interface MeteredSurroundings {
  readonly ledger: Ledger
  readonly budgets: Budgets
  readonly keys: KeyLimits
  readonly retry: RetrySettings
  /** Milliseconds that a call may take, all its requests together: after that its reservation is given up. */
  readonly total: number
  /** Rates of the profile by `provider/model`, which go before the list. */
  readonly rates: Readonly<Record<string, MediaRates>>
  readonly timing: Timing
}

/** The meter of the profile. It needs no language model to be configured. */
export const openMeter: OpenMeter = async context => {
  const [ledger, budgets, keys] = await Promise.all([ledgerOf(context), budgetsOf(context), keyLimitsOf(context)])
  const {retry, timeouts} = generalSettings(context.settings)
  const rates = (context.settings.get('llm.media_prices') as Readonly<Record<string, MediaRates>> | undefined) ?? {}
  return meterOver(context, {ledger, budgets, keys, retry, total: timeouts.total * 1000, rates, timing: systemTiming})
}

/** A meter over parts that are open. */
export function meterOver(context: Context, surroundings: MeteredSurroundings): Meter {
  // Not the witness: what is written down here is not a part of what the caller's request did.
  const {tenant, principal, operation, clock, random, signal, log, emit, embeddings} = context
  const own: CallContext = {tenant, principal, operation, clock, random, signal, log, emit, embeddings}
  return {run: (call, send) => new MeteredRun(own, surroundings, call).run(send)}
}

/** How a call ended. */
interface CallEnd {
  readonly outcome: 'answered' | 'failed' | 'cancelled'
  /** Of the error. */
  readonly code: string | null
}

/** One call, to be run once. */
class MeteredRun {
  readonly #context: CallContext
  readonly #surroundings: MeteredSurroundings
  readonly #call: MeteredCall
  readonly #id: string
  readonly #at: Date
  readonly #began: number
  readonly #attempts: Attempt[] = []
  #atProvider = 0
  #used: Quantities = {}
  #isEstimated = false

  constructor(context: CallContext, surroundings: MeteredSurroundings, call: MeteredCall) {
    this.#context = context
    this.#surroundings = surroundings
    this.#call = call
    this.#id = context.random.id()
    this.#at = context.clock.now()
    this.#began = context.clock.elapsed()
  }

  async run<T>(send: (signal: AbortSignal) => Promise<MeteredAnswer<T>>): Promise<MeteredOutcome<T>> {
    const {provider, model, most, signal} = this.#call
    const key = keyOf({}, this.#context)
    const {keys, budgets} = this.#surroundings
    if (signal.aborted) throw new CancelledError()
    let reservation: Reservation | undefined
    let ticket: Awaited<ReturnType<KeyLimits['begin']>>
    let ended: CallEnd = {outcome: 'failed', code: 'bug'}
    try {
      if (key !== null) ticket = await keys.begin(this.#context, {key, target: this.#target, tokens: tokensOf(most)})
      reservation = await budgets.reserve(
        {...this.#context, signal},
        {key, provider, model},
        this.#priceOf(most),
        message => this.#context.emit({type: 'note', level: 'warn', message}),
      )
      const answer = await this.#send(send)
      ended = {outcome: 'answered', code: null}
      return {answer, requestId: this.#id, costNanoUsd: this.#cost}
    } catch (error) {
      const told = signal.aborted && !(error instanceof OmniError) ? new CancelledError() : error
      ended = {
        outcome: told instanceof CancelledError ? 'cancelled' : 'failed',
        code: told instanceof OmniError ? told.code : 'bug',
      }
      throw told
    } finally {
      ticket?.used(tokensOf(this.#used))
      ticket?.end()
      try {
        if (reservation) await budgets.settle(this.#context, reservation, this.#cost)
      } finally {
        await this.#record(key, ended)
      }
    }
  }

  async #send<T>(send: (signal: AbortSignal) => Promise<MeteredAnswer<T>>): Promise<T> {
    const {attempts, first_wait, longest_wait} = this.#surroundings.retry
    for (let tries = 1; ; tries++) {
      const failure = await this.#attempt(send)
      if ('answer' in failure) return failure.answer
      const facts = failure.failure
      if (facts.class === 'cancelled') throw new CancelledError()
      if (facts.mayHaveRun) this.#assumeMost()
      const wait = facts.retryAfter ?? Math.min(longest_wait, first_wait * 2 ** (tries - 1)) * 1000 * this.#jitter()
      const isOver = tries >= attempts || wait > longest_wait * 1000 || wait >= this.#remaining
      if (isOver || !this.#maySendAgain(facts)) {
        throw new ProviderError(facts, this.#target, this.#attempts)
      }
      await this.#surroundings.timing.wait(wait, this.#call.signal)
    }
  }

  /** One request. What is no fault of the vendor is thrown as it is. */
  async #attempt<T>(
    send: (signal: AbortSignal) => Promise<MeteredAnswer<T>>,
  ): Promise<{readonly answer: T} | {readonly failure: FailureFacts}> {
    const {signal, provider, model} = this.#call
    const {clock} = this.#context
    const timeout = Math.min(this.#call.timeout, this.#remaining)
    const late = new AbortController()
    const stopTimer = this.#surroundings.timing.after(timeout, () => late.abort())
    const startedAt = clock.now().toISOString()
    const began = clock.elapsed()
    let outcome: Attempt['outcome'] = 'answered'
    let status: number | null = null
    try {
      const {answer, used} = await send(AbortSignal.any([signal, late.signal]))
      this.#used = sum(this.#used, used ?? this.#call.most)
      if (used === null) this.#isEstimated = true
      return {answer}
    } catch (error) {
      const facts = this.#factsOf(error, late.signal.aborted ? timeout : undefined)
      if (facts === undefined) {
        outcome = 'client'
        throw error
      }
      outcome = facts.class
      status = facts.status
      // Of a request that was cancelled under way nobody knows how far it came.
      if (facts.class === 'cancelled') this.#assumeMost()
      return {failure: facts}
    } finally {
      stopTimer()
      const durationMs = clock.elapsed() - began
      this.#atProvider += durationMs
      this.#attempts.push({deployment: provider, provider, model, startedAt, durationMs, outcome, status})
    }
  }

  #factsOf(error: unknown, late: number | undefined): FailureFacts | undefined {
    const {provider, secrets, signal} = this.#call
    const source = {provider, secrets, now: () => this.#context.clock.now()}
    if (signal.aborted) return cancelled(true).facts
    if (late !== undefined) {
      return networkFailure(`no answer within ${Math.round(late / 1000)} s`, true, source).facts
    }
    if (error instanceof ProviderFailure) return error.facts
    if (error instanceof OmniError) return undefined
    if (error instanceof RefusedAnswerError) return failureOfAnswer(error, source).facts
    return failureOfError(error, source)?.facts
  }

  #maySendAgain({class: kind, mayHaveRun, shouldRetry}: FailureFacts): boolean {
    if (shouldRetry === false) return false
    if (kind !== 'rate' && kind !== 'overload' && kind !== 'transient') return false
    return !mayHaveRun || this.#call.repeatable
  }

  #assumeMost(): void {
    this.#used = sum(this.#used, this.#call.most)
    this.#isEstimated = true
  }

  get #remaining(): number {
    return this.#surroundings.total - (this.#context.clock.elapsed() - this.#began)
  }

  #jitter(): number {
    return 0.5 + this.#context.random.bytes(1)[0]! / 510
  }

  get #target(): string {
    return `${this.#call.provider}/${this.#call.model}`
  }

  get #cost(): bigint | null {
    return Object.keys(this.#used).length === 0 ? 0n : this.#priceOf(this.#used)
  }

  #priceOf(quantities: Quantities): bigint | null {
    const {pricing} = this.#call
    const own = this.#surroundings.rates[this.#target]
    if (own) return mediaPrice(own, quantities)
    if (pricing === 'own-machine') return 0n
    return pricing === 'unknown' ? null : mediaPrice(LISTED_MEDIA_RATES[this.#target], quantities)
  }

  async #record(key: string | null, {outcome, code}: CallEnd): Promise<void> {
    const durationMs = this.#context.clock.elapsed() - this.#began
    const {provider, model} = this.#call
    try {
      await this.#surroundings.ledger.record(this.#context, {
        id: this.#id,
        at: this.#at.toISOString(),
        purpose: this.#context.operation,
        principal: this.#context.principal.id,
        key,
        target: this.#target,
        deployment: null,
        provider,
        model,
        outcome,
        error: code,
        attempts: this.#attempts,
        usage: textUsage(this.#used, this.#isEstimated),
        quantities: this.#used,
        costNanoUsd: this.#cost,
        durationMs,
        firstContentMs: null,
        overheadMs: Math.max(0, durationMs - this.#atProvider),
      })
    } catch (error) {
      // The answer is there and paid for; its record waits for the next.
      this.#context.log.warn('A call could not be written down yet', {reason: (error as Error).message})
    }
  }
}

function sum(left: Quantities, right: Quantities): Quantities {
  const all: Record<string, number> = {...left}
  for (const [unit, quantity] of Object.entries(right)) all[unit] = (all[unit] ?? 0) + quantity
  return all
}

function tokensOf(quantities: Quantities): number {
  return Object.entries(quantities).reduce(
    (total, [unit, count]) => (unit.endsWith('_tokens') ? total + count : total),
    0,
  )
}

/** Tokens of every kind stand in the columns that language models fill too. */
function textUsage(quantities: Quantities, estimated: boolean): CompletionUsage {
  const total = (direction: 'input' | 'output'): number | null => {
    const counts = Object.entries(quantities).filter(([unit]) => unit.startsWith(direction) && unit.endsWith('_tokens'))
    return counts.length === 0 ? null : Math.ceil(counts.reduce((all, [, count]) => all + count, 0))
  }
  return {
    ...noUsage,
    input: {...noUsage.input, total: total('input')},
    output: {...noUsage.output, total: total('output')},
    ...(estimated ? {estimated} : {}),
  }
}
