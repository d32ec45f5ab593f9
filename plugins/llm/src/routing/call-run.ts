import {CancelledError, OmniError} from '@omni-ops/core/operation'
import type {CachedAnswer} from '../cache/answer-cache.ts'
import type {CompletionEvent, EventBatch} from '../model/completion-event.ts'
import type {LedgerEntry} from '../ledger/ledger-entry.ts'
import {AnswerReading} from './answer-reading.ts'
import {CallAccount, keyOf} from './call-account.ts'
import {CallLifetime} from './call-lifetime.ts'
import {type Need, needOf} from './candidates.ts'
import type {Deployment} from './deployment.ts'
import {DeploymentChoice, type Picked} from './deployment-choice.ts'
import type {CallContext, Engine} from './engine.ts'
import {InterruptedError} from './errors.ts'
import type {Ticket} from './load.ts'
import type {CacheUse, CallOutcome, Commitment, RoutedCall} from './routed-call.ts'

/** A request that is under way, or has ended. */
interface Asked extends Picked {
  readonly reading: AnswerReading
  readonly startedAt: string
  /** On the clock that only goes on. */
  readonly began: number
}

/**
 * One call: asks deployments one after another until one begins to answer, within one deadline and one number of
 * requests. To be run once.
 */
export class CallRun {
  readonly #call: RoutedCall
  readonly #context: CallContext
  readonly #engine: Engine
  readonly #committed: PromiseWithResolvers<Commitment>
  readonly #outcome: PromiseWithResolvers<CallOutcome>
  readonly #need: Need
  readonly #cacheUse: CacheUse
  readonly #lifetime: CallLifetime
  readonly #account: CallAccount

  constructor(
    call: RoutedCall,
    context: CallContext,
    engine: Engine,
    promises: {
      readonly committed: PromiseWithResolvers<Commitment>
      readonly outcome: PromiseWithResolvers<CallOutcome>
    },
  ) {
    const {configuration, timing, cache} = engine
    const total = configuration.timeouts.total * 1000
    this.#call = call
    this.#context = context
    this.#engine = engine
    this.#committed = promises.committed
    this.#outcome = promises.outcome
    this.#need = needOf(call.request, context.tenant, call.requirements)
    this.#cacheUse = cache.useFor(call.request, call.cache)
    this.#lifetime = new CallLifetime({cancel: call.signal, clock: context.clock, timing, total})
    const inputTokens = this.#need.input.likely
    this.#account = new CallAccount({call, context, inputTokens, total, logContent: configuration.logContent})
  }

  /** Nobody reads any more: the provider's request is aborted. */
  leave(): void {
    this.#lifetime.leave()
  }

  async *batches(): AsyncGenerator<EventBatch, undefined> {
    let key: Ticket | undefined
    let outcome: 'answered' | 'failed' | 'interrupted' | 'cancelled' = 'cancelled'
    let code: string | null = null
    this.#lifetime.start()
    try {
      const settling = this.#engine.ledger.open(this.#context, this.#account.open)
      if (settling) await settling
      const choice = this.#choice()
      key = await this.#admitKey()
      const cached = this.#cacheUse === 'use' ? await this.#cached(choice) : undefined
      if (cached) yield this.#replay(cached)
      else {
        if (this.#cacheUse !== 'off') this.#account.cache = 'miss'
        for (let isAnswered = false; !isAnswered;) {
          const asked = this.#ask(await choice.next(), choice)
          const {reading} = asked
          let hasLeft = true
          try {
            // A generator of its own would cost three turns of the queue for each batch.
            for (let seen = await reading.next(); seen; seen = await reading.next()) {
              for (const event of seen) this.#account.says(event)
              yield seen
            }
            hasLeft = false
          } finally {
            if (hasLeft) await reading.leave()
            await this.#settle(asked, choice)
          }
          isAnswered = await this.#isAnswered(asked, choice)
        }
      }
      outcome = 'answered'
    } catch (error) {
      const told = this.#lifetime.told(error)
      outcome =
        told instanceof InterruptedError ? 'interrupted' : told instanceof CancelledError ? 'cancelled' : 'failed'
      code = told instanceof OmniError ? told.code : 'bug'
      this.#committed.reject(told)
      throw told
    } finally {
      this.#lifetime.close()
      key?.used(this.#account.tokens ?? this.#need.input.likely)
      key?.end()
      if (outcome !== 'answered') this.#committed.reject(new CancelledError())
      await this.#finish(outcome, code)
    }
  }

  #choice(): DeploymentChoice {
    return new DeploymentChoice({
      call: this.#call,
      need: this.#need,
      context: this.#context,
      engine: this.#engine,
      lifetime: this.#lifetime,
      account: this.#account,
    })
  }

  async #admitKey(): Promise<Ticket | undefined> {
    const key = keyOf(this.#call, this.#context)
    if (key === null) return undefined
    const {target} = this.#call
    return this.#engine.keys.begin(this.#context, {key, target, tokens: this.#need.input.likely})
  }

  async #cached(choice: DeploymentChoice): Promise<CachedAnswer | undefined> {
    return this.#engine.cache.find(this.#context, await choice.quotable(), this.#call.request)
  }

  #replay(cached: CachedAnswer): EventBatch {
    const {requestId} = this.#account
    this.#account.replays(cached)
    this.#committed.resolve({requestId, deployment: cached.deployment, attempts: 0, cache: 'hit'})
    return cached.events
  }

  #ask(picked: Picked, choice: DeploymentChoice): Asked {
    const {clock} = this.#context
    const {deployment, request, ticket} = picked
    const {connect, first_token, idle} = this.#engine.configuration.timeouts
    const timeouts = {connect: connect * 1000, firstToken: first_token * 1000, idle: idle * 1000}
    const {signal} = this.#lifetime
    const began = clock.elapsed()
    const reading = new AnswerReading({
      ask: async () => {
        const adapter = await deployment.adapter()
        this.#account.asks(deployment)
        return adapter.complete(request, {signal, timeouts, stream: this.#call.stream})
      },
      signal,
      refusalFails: choice.hasContentFallbacks,
      keeps: this.#cacheUse !== 'off',
      onCommit: () => this.#commit(deployment, ticket, began),
    })
    return {...picked, reading, startedAt: clock.now().toISOString(), began}
  }

  #commit({id}: Deployment, ticket: Ticket, began: number): void {
    const {requestId, attempts, cache} = this.#account
    ticket.answered(this.#context.clock.elapsed() - began)
    this.#account.firstContentMs = this.#lifetime.elapsed
    this.#committed.resolve({requestId, deployment: id, attempts: attempts.length + 1, cache})
  }

  /** Writes down how a request ended, pays for it, and lets others have its place. */
  async #settle(asked: Asked, choice: DeploymentChoice): Promise<void> {
    const {deployment, reservation, ticket, reading, startedAt, began} = asked
    const {cooldowns, budgets} = this.#engine
    const {isFinished, failure, wasStopped} = reading
    ticket.end()
    const durationMs = this.#context.clock.elapsed() - began
    const usage = reading.usage(this.#need.input.likely)
    ticket.used((usage.input.total ?? 0) + (usage.output.total ?? 0))
    const outcome = isFinished ? 'answered' : wasStopped ? 'cancelled' : (failure?.class ?? 'auth')
    const status = isFinished ? null : (failure?.status ?? null)
    const used = await this.#account.ended({deployment, startedAt, durationMs, outcome, status, usage})
    if (isFinished) cooldowns.succeeded(deployment.id)
    else if (failure && !this.#lifetime.signal.aborted) {
      cooldowns.failed(deployment.id, failure, await choice.isLast(deployment.id))
    } else cooldowns.released(deployment.id)
    if (reservation) await budgets.settle(this.#context, reservation, used)
  }

  /** Whether it was answered; otherwise another deployment may be asked. @throws what ends the call */
  async #isAnswered({deployment, reading}: Asked, choice: DeploymentChoice): Promise<boolean> {
    const {hasCommitted, failure, unasked} = reading
    const {attempts} = this.#account
    if (reading.isFinished) {
      if (this.#cacheUse !== 'off') await this.#keep(deployment, reading.kept)
      return true
    }
    this.#lifetime.assertGoing(attempts, hasCommitted ? deployment.id : undefined)
    if (unasked) {
      this.#context.log.warn('A deployment cannot be asked', {reason: unasked.message})
      choice.unasked(deployment, unasked)
      return false
    }
    if (hasCommitted) {
      throw new InterruptedError(`The answer of ${deployment.id} broke off: ${failure!.message}`, {
        hint: 'ask again; what came is not the whole answer',
        details: {class: failure!.class, deployment: deployment.id, attempts},
      })
    }
    choice.failed(deployment, failure!)
    return false
  }

  async #keep(deployment: Deployment, events: readonly CompletionEvent[]): Promise<void> {
    try {
      await this.#engine.cache.keep(this.#context, deployment, this.#call.request, events)
    } catch (error) {
      // The answer is there and paid for.
      this.#context.log.warn('An answer could not be kept', {reason: (error as Error).message})
    }
  }

  async #finish(outcome: LedgerEntry['outcome'], code: string | null): Promise<void> {
    const durationMs = this.#lifetime.elapsed
    this.#outcome.resolve(this.#account.outcome(durationMs))
    try {
      await this.#engine.ledger.record(this.#context, this.#account.entry(outcome, code, durationMs))
    } catch (error) {
      // The answer is there and paid for; its record waits for the next.
      this.#context.log.warn('A call could not be written down yet', {reason: (error as Error).message})
    }
  }
}
