import {CancelledError, OmniError} from '@omni-ops/core/operation'
import type {Reservation} from '../budget/budgets.ts'
import {noUsage} from '../model/completion-usage.ts'
import type {CompletionEvent, CompletionUsage, EventBatch} from '../model/completion-event.ts'
import type {Capability} from '../model/provider-adapter.ts'
import type {CompletionRequest} from '../model/completion-request.ts'
import type {FailureFacts} from '../model/provider-failure.ts'
import {completionPrice} from '../pricing/completion-price.ts'
import type {CachedAnswer} from '../cache/answer-cache.ts'
import type {LedgerEntry, OpenCall, OpenCallState} from '../ledger/ledger-entry.ts'
import {AnswerReading} from './answer-reading.ts'
import {judge, type JudgedDeployment, type Need, needOf, worstCaseOf} from './candidates.ts'
import type {Deployment} from './deployment.ts'
import type {CallContext, Engine} from './engine.ts'
import {
  AllUnavailableError,
  BudgetExceededError,
  DeadlineError,
  InterruptedError,
  NoCandidateError,
  ProviderError,
} from './errors.ts'
import type {Ticket} from './load.ts'
import {requestFor} from './request-for.ts'
import type {Attempt, CacheOutcome, CacheUse, CallOutcome, Commitment, RoutedCall} from './routed-call.ts'
import {looksAtCost, orderBy} from './strategies.ts'
import {resolveTarget, type Target} from './targets.ts'
import {brokenOffUsage, nothingUsed} from './usage-estimate.ts'

/** What a call has in hand for its next request. */
interface Picked {
  readonly deployment: Deployment
  readonly request: CompletionRequest
  readonly reservation: Reservation | undefined
  readonly ticket: Ticket
}

/** A request that is under way, or has ended. */
interface Asked extends Picked {
  readonly reading: AnswerReading
  readonly startedAt: string
  /** On the clock that only goes on. */
  readonly began: number
}

const deniedBefore: FailureFacts = {
  status: null,
  retryAfter: null,
  shouldRetry: null,
  class: 'auth',
  mayHaveRun: false,
  message: 'the provider did not accept its key in a call before this one',
}

/**
 * One call: asks deployments one after another until one begins to answer, within one deadline and one number of
 * requests. To be run once.
 */
export class CallRun {
  readonly requestId: string
  readonly #call: RoutedCall
  readonly #context: CallContext
  readonly #engine: Engine
  readonly #committed: PromiseWithResolvers<Commitment>
  readonly #outcome: PromiseWithResolvers<CallOutcome>
  /** Ends the provider's request: the caller cancels, nobody reads any more, or the time is over. */
  readonly #end = new AbortController()
  readonly #onCancel = (): void => this.#end.abort()
  #hasLeft = false
  #isLate = false
  readonly #began: number
  readonly #at: Date
  readonly #need: Need
  readonly #cacheUse: CacheUse
  readonly #stages: Target[] = []
  readonly #tries = new Map<string, number>()
  readonly #refused = new Set<string>()
  readonly #attempts: Attempt[] = []
  #budgetRefusal: BudgetExceededError | undefined
  #last: {readonly error: OmniError; readonly facts: FailureFacts | undefined} | undefined
  #cost: bigint | null = 0n
  #usage: CompletionUsage = noUsage
  #answeredBy: {readonly deployment: string | null; readonly provider: string; readonly model: string}
  #cacheOutcome: CacheOutcome = 'off'
  #asking: Deployment | undefined
  #firstContent: number | null = null
  #atProviders = 0
  #text = ''

  constructor(
    call: RoutedCall,
    context: CallContext,
    engine: Engine,
    promises: {
      readonly committed: PromiseWithResolvers<Commitment>
      readonly outcome: PromiseWithResolvers<CallOutcome>
    },
  ) {
    this.#call = call
    this.#context = context
    this.#engine = engine
    this.#committed = promises.committed
    this.#outcome = promises.outcome
    if (call.signal.aborted) this.#end.abort()
    else call.signal.addEventListener('abort', this.#onCancel, {once: true})
    this.#began = context.clock.elapsed()
    this.#at = context.clock.now()
    this.requestId = context.random.id()
    this.#need = needOf(call.request, context.tenant, call.requirements)
    this.#cacheUse = engine.cache.useFor(call.request, call.cache)
    this.#answeredBy = {deployment: null, provider: '', model: call.target}
  }

  /** Nobody reads any more: the provider's request is aborted. */
  leave(): void {
    this.#hasLeft = true
    this.#end.abort()
  }

  async *batches(): AsyncGenerator<EventBatch, undefined> {
    const {timing, configuration} = this.#engine
    const stopTimer = timing.after(configuration.timeouts.total * 1000, () => {
      this.#isLate = true
      this.#end.abort()
    })
    let key: Ticket | undefined
    let outcome: 'answered' | 'failed' | 'interrupted' | 'cancelled' = 'cancelled'
    let code: string | null = null
    try {
      const settling = this.#engine.ledger.open(this.#context, this.#openCall())
      if (settling) await settling
      this.#stages.push(resolveTarget(configuration, this.#call.target))
      key = await this.#admitKey()
      const cached = this.#cacheUse === 'use' ? await this.#cached() : undefined
      if (cached) yield this.#replay(cached)
      else {
        if (this.#cacheUse !== 'off') this.#cacheOutcome = 'miss'
        for (let isAnswered = false; !isAnswered;) {
          const asked = this.#ask(await this.#pick())
          const {reading} = asked
          let hasLeft = true
          try {
            // A generator of its own would cost three turns of the queue for each batch.
            for (let seen = await reading.next(); seen; seen = await reading.next()) {
              for (const event of seen) this.#noteText(event)
              yield seen
            }
            hasLeft = false
          } finally {
            if (hasLeft) await reading.leave()
            await this.#settle(asked)
          }
          isAnswered = await this.#isAnswered(asked)
        }
      }
      outcome = 'answered'
    } catch (error) {
      const told = this.#told(error)
      outcome =
        told instanceof InterruptedError ? 'interrupted' : told instanceof CancelledError ? 'cancelled' : 'failed'
      code = told instanceof OmniError ? told.code : 'bug'
      this.#committed.reject(told)
      throw told
    } finally {
      stopTimer()
      this.#call.signal.removeEventListener('abort', this.#onCancel)
      key?.used((this.#usage.input.total ?? 0) + (this.#usage.output.total ?? 0) || this.#need.input.likely)
      key?.end()
      if (outcome !== 'answered') this.#committed.reject(new CancelledError())
      await this.#finish(outcome, code)
    }
  }

  #openCall(): OpenCall {
    const {total} = this.#engine.configuration.timeouts
    return {
      id: this.requestId,
      at: this.#at.toISOString(),
      purpose: this.#call.purpose,
      principal: this.#context.principal.id,
      key: keyOf(this.#call, this.#context),
      target: this.#call.target,
      expiresAt: new Date(this.#at.getTime() + total * 1000 + settlingMs).toISOString(),
      state: () => this.#state(),
    }
  }

  /** What is known of the call while it is under way, should nobody see its end. */
  async #state(): Promise<OpenCallState> {
    const inputTokens = this.#need.input.likely
    const asking = this.#asking
    const prompt = asking
      ? await priceOf(asking, brokenOffUsage(undefined, {inputTokens, generatedBytes: 0}), this.#context.clock.now())
      : 0n
    return {
      ...this.#answeredBy,
      attempts: this.#attempts.length + (asking ? 1 : 0),
      inputTokens,
      costNanoUsd: this.#cost === null || prompt === null ? null : this.#cost + prompt,
    }
  }

  async #admitKey(): Promise<Ticket | undefined> {
    const key = keyOf(this.#call, this.#context)
    if (key === null) return undefined
    return this.#engine.keys.begin(this.#context, {
      key,
      target: this.#call.target,
      tokens: this.#need.input.likely,
    })
  }

  async #cached(): Promise<CachedAnswer | undefined> {
    const judged = await Promise.all(this.#stages[0]!.deployments.map(each => this.#judge(each)))
    // Who is busy or cooling may have answered before; who may not be asked may not be quoted.
    const may = judged.filter(({excluded}) => excluded.every(({wait}) => wait !== undefined))
    return this.#engine.cache.find(
      this.#context,
      may.map(({deployment}) => deployment),
      this.#call.request,
    )
  }

  #replay(cached: CachedAnswer): EventBatch {
    const {deployment, provider, model} = cached
    this.#answeredBy = {deployment, provider, model}
    this.#cacheOutcome = 'hit'
    this.#committed.resolve({requestId: this.requestId, deployment, attempts: 0, cache: 'hit'})
    for (const event of cached.events) {
      if (event.type === 'finish') this.#usage = event.usage
      this.#noteText(event)
    }
    return cached.events
  }

  /** Whether it was answered; otherwise another deployment may be asked. @throws what ends the call */
  async #isAnswered({deployment, reading}: Asked): Promise<boolean> {
    const {hasCommitted, failure, unasked} = reading
    if (reading.isFinished) {
      if (this.#cacheUse !== 'off') await this.#keep(deployment, reading.kept)
      return true
    }
    this.#assertGoing(hasCommitted ? deployment.id : undefined)
    if (unasked) {
      this.#context.log.warn('A deployment cannot be asked', {reason: unasked.message})
      this.#refused.add(deployment.id)
      this.#last = {error: unasked, facts: undefined}
      return false
    }
    if (hasCommitted) {
      throw new InterruptedError(`The answer of ${deployment.id} broke off: ${failure!.message}`, {
        hint: 'ask again; what came is not the whole answer',
        details: {class: failure!.class, deployment: deployment.id, attempts: this.#attempts},
      })
    }
    this.#goOnAfter(failure!, deployment)
    return false
  }

  /** Decides what a failure before the first content leads to. @throws ProviderError where it ends the call */
  #goOnAfter(failure: FailureFacts, deployment: Deployment): void {
    const error = new ProviderError(failure, deployment.id, this.#attempts)
    this.#last = {error, facts: failure}
    switch (failure.class) {
      case 'client':
      case 'cancelled':
        throw error
      case 'context':
      case 'content': {
        // What is wrong is the request: only those that were named for it are asked, and nobody else.
        const group = this.#stages[0]!.group
        const names = failure.class === 'context' ? group?.context_fallbacks : group?.content_fallbacks
        const others = (names ?? []).map(name => resolveTarget(this.#engine.configuration, name))
        this.#refused.add(deployment.id)
        const fresh = others.filter(({deployments}) => deployments.some(({id}) => !this.#refused.has(id)))
        if (fresh.length === 0) throw error
        for (const stage of this.#stages) for (const {id} of stage.deployments) this.#refused.add(id)
        for (const stage of fresh)
          for (const {id} of stage.deployments) {
            if (!this.#tries.has(id)) this.#refused.delete(id)
          }
        this.#stages.push(...fresh)
        return
      }
      case 'auth':
      case 'billing':
        this.#refused.add(deployment.id)
        return
      default:
        if (failure.shouldRetry === false) this.#refused.add(deployment.id)
        if (!failure.mayHaveRun) return
        // It may be at work still, and is paid for: never the same again, and no other where twice would matter.
        this.#refused.add(deployment.id)
        if (this.#call.repeatable === false) throw error
    }
  }

  /** The next deployment to ask, with room in its budgets; waits where all are busy or cooling and there is time. */
  async #pick(): Promise<Picked> {
    this.#addFallbacks()
    for (;;) {
      this.#assertGoing()
      const {retry} = this.#engine.configuration
      if (this.#attempts.length >= retry.attempts) throw await this.#givenUp(null)
      const fresh = await this.#firstThatIs(({id}) => !this.#tries.has(id))
      if (fresh) return fresh
      const {wait, again} = await this.#waits()
      const remaining = this.#engine.configuration.timeouts.total * 1000 - this.#elapsed()
      // A deployment that failed for a passing reason gets another request, after a pause.
      if (again !== undefined && (wait === undefined || again <= wait) && again < remaining) {
        await this.#wait(again)
        const picked = await this.#firstThatIs(({id}) => (this.#tries.get(id) ?? 0) < retry.per_deployment)
        if (picked) return picked
        continue
      }
      if (wait === undefined || wait >= remaining) throw await this.#givenUp(wait ?? null)
      await this.#wait(wait)
      const picked = await this.#firstThatIs(({id}) => (this.#tries.get(id) ?? 0) < retry.per_deployment)
      if (picked) return picked
    }
  }

  /** General fallbacks stand behind the target from the beginning. */
  #addFallbacks(): void {
    if (this.#stages.length > 1) return
    const main = this.#stages[0]!
    const known = new Set(main.deployments.map(({id}) => id))
    for (const name of main.group?.fallbacks ?? []) {
      const target = resolveTarget(this.#engine.configuration, name)
      const deployments = target.deployments.filter(({id}) => !known.has(id))
      for (const {id} of deployments) known.add(id)
      this.#stages.push({...target, deployments})
    }
  }

  async #firstThatIs(wanted: (deployment: Deployment) => boolean): Promise<Picked | undefined> {
    for (const stage of this.#stages) {
      const open = stage.deployments.filter(each => !this.#refused.has(each.id) && wanted(each))
      const priced = looksAtCost(stage.strategy)
      const judged = await Promise.all(open.map(each => this.#judge(each, priced)))
      const possible = judged.filter(({excluded}) => excluded.length === 0)
      const {load} = this.#engine
      for (const candidate of orderBy(stage.strategy, possible, {load, random: this.#context.random})) {
        const picked = await this.#take(candidate)
        if (picked) return picked
      }
    }
    return undefined
  }

  /**
   * Reserves the worst case and takes a place; undefined where a budget refuses it, or others took the last place or the
   * probe since it was judged.
   */
  async #take({deployment, worstCaseNanoUsd}: JudgedDeployment): Promise<Picked | undefined> {
    const {budgets, cooldowns, load} = this.#engine
    const spender = {key: keyOf(this.#call, this.#context), provider: deployment.provider, model: deployment.model}
    const isLimited = this.#need.maxCostNanoUsd !== null || (await budgets.applying(this.#context, spender)).length > 0
    const most = Math.min(this.#need.outputTokens, deployment.maxOutputTokens ?? Number.POSITIVE_INFINITY)
    let reservation: Reservation | undefined
    try {
      reservation = isLimited
        ? await budgets.reserve(
            {...this.#context, signal: this.#end.signal},
            spender,
            worstCaseNanoUsd === undefined
              ? await worstCaseOf(deployment, this.#need, this.#context.clock.now())
              : worstCaseNanoUsd,
            message => this.#context.emit({type: 'note', level: 'warn', message}),
            this.requestId,
          )
        : undefined
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) throw error
      this.#budgetRefusal = error
      this.#refused.add(deployment.id)
      return undefined
    }
    // Nothing waits between looking and taking: other calls would look meanwhile.
    const {likely} = this.#need.input
    if (load.blocked(deployment, likely) !== undefined || !cooldowns.admit(deployment.id)) {
      if (reservation) await budgets.settle(this.#context, reservation, 0n)
      return undefined
    }
    const ticket = load.begin(deployment, likely)
    const request = requestFor(this.#call.request, deployment, isLimited ? most : undefined)
    return {deployment, request, reservation, ticket}
  }

  /**
   * Milliseconds until a deployment that was not asked may be (`wait`), and until one that failed may be asked again
   * (`again`); undefined where there is none.
   */
  async #waits(): Promise<{wait: number | undefined; again: number | undefined}> {
    const {retry} = this.#engine.configuration
    let wait: number | undefined
    let again: number | undefined
    for (const deployment of this.#stages.flatMap(stage => stage.deployments)) {
      const tries = this.#tries.get(deployment.id) ?? 0
      if (this.#refused.has(deployment.id) || tries >= retry.per_deployment) continue
      const {excluded} = await this.#judge(deployment)
      if (excluded.some(each => each.wait === undefined)) continue
      if (excluded.length === 0) {
        again = least(again, this.#pause(tries))
        continue
      }
      // A key that was not accepted is not mended by waiting.
      if (excluded.some(({by}) => by === 'auth')) continue
      // What has no known end ends with a request that is under way.
      wait = least(wait, Math.max(...excluded.map(each => each.wait ?? slotPatienceMs)))
    }
    return {wait, again}
  }

  /** Doubles with each request, with jitter, so that many callers do not come back at once. */
  #pause(tries: number): number {
    const {first_wait, longest_wait} = this.#engine.configuration.retry
    const asked = this.#last?.facts?.retryAfter
    if (asked != null) return asked
    const full = Math.min(longest_wait, first_wait * 2 ** (tries - 1)) * 1000
    return full * (0.5 + this.#context.random.bytes(1)[0]! / 510)
  }

  async #wait(milliseconds: number): Promise<void> {
    if (milliseconds >= noticedMs) {
      const seconds = Math.ceil(milliseconds / 1000)
      const message = `No deployment of ${this.#call.target} is to be asked for now: waiting ${seconds} s for the first`
      this.#context.emit({type: 'note', level: 'info', message})
    }
    const ended = new AbortController()
    const signal = AbortSignal.any([this.#end.signal, ended.signal])
    const waiting = this.#engine.timing.wait(milliseconds, signal)
    try {
      await (milliseconds === slotPatienceMs ? Promise.race([waiting, this.#engine.load.freed()]) : waiting)
    } catch (error) {
      this.#assertGoing()
      throw error
    } finally {
      waiting.catch(() => undefined)
      ended.abort()
    }
  }

  async #givenUp(wait: number | null): Promise<OmniError> {
    if (this.#last) {
      const {facts, error} = this.#last
      if (facts && wait !== null && facts.retryAfter === null) {
        return new ProviderError({...facts, retryAfter: wait}, this.#attempts.at(-1)!.deployment, this.#attempts)
      }
      return error
    }
    if (this.#budgetRefusal) return this.#budgetRefusal
    const {target} = this.#call
    if (wait !== null) {
      return new AllUnavailableError(`All deployments of ${target} are cooling down or busy`, wait, {
        hint: 'try again later, or add a deployment; `omni llm providers` shows why',
        details: {target},
      })
    }
    return (await this.#deniedBefore()) ?? this.#nobodyCan()
  }

  /** The error of a deployment that could answer if an earlier call had not found its key refused. */
  async #deniedBefore(): Promise<ProviderError | undefined> {
    for (const deployment of this.#stages.flatMap(stage => stage.deployments)) {
      const {excluded} = await this.#judge(deployment)
      const isDenied = excluded.some(({by}) => by === 'auth') && excluded.every(({wait}) => wait !== undefined)
      if (isDenied) return new ProviderError(deniedBefore, deployment.id, this.#attempts)
    }
    return undefined
  }

  #nobodyCan(): OmniError {
    const {target} = this.#call
    const {maxCostNanoUsd, capabilities} = this.#need
    const lacking = this.#lacking()
    if (lacking.length > 0) {
      const able = this.#ableOf(capabilities)
      const names = able.slice(0, 5).join(', ')
      return new NoCandidateError(`${target} has no ${lacking.join(' and no ')}`, {
        hint:
          names === ''
            ? `configure a model with ${capabilities.join(' and ')}, or name one with --model PROVIDER/MODEL`
            : `name one that has: --model ${names}`,
        details: {target, capabilities, lacking, able},
      })
    }
    if (maxCostNanoUsd !== null) {
      return new BudgetExceededError(`No deployment of ${target} answers for what this call may cost`, {
        hint: 'raise --max-cost, lower --max-tokens; `omni llm route explain` shows why',
        details: {reason: 'max_cost', max_cost_nano_usd: String(maxCostNanoUsd)},
      })
    }
    return new NoCandidateError(`No deployment of ${target} can do what this call needs`, {
      hint: '`omni llm route explain` shows why each was left out',
      details: {target, capabilities},
    })
  }

  /** What the call needs and none of the deployments behind its target has. */
  #lacking(): readonly Capability[] {
    const deployments = this.#stages.flatMap(stage => stage.deployments)
    return this.#need.capabilities.filter(each => !deployments.some(deployment => deployment.capabilities.has(each)))
  }

  /** The deployments that this tenant may use and that have all of these capabilities. */
  #ableOf(capabilities: readonly Capability[]): readonly string[] {
    return [...this.#engine.configuration.deployments.values()]
      .filter(({tenants}) => tenants?.includes(this.#context.tenant) ?? true)
      .filter(deployment => capabilities.every(each => deployment.capabilities.has(each)))
      .map(({id}) => id)
  }

  #ask(picked: Picked): Asked {
    const {clock} = this.#context
    const {deployment, request, ticket} = picked
    const {provider, model, id} = deployment
    const {connect, first_token, idle} = this.#engine.configuration.timeouts
    const timeouts = {connect: connect * 1000, firstToken: first_token * 1000, idle: idle * 1000}
    const {signal} = this.#end
    const began = clock.elapsed()
    this.#tries.set(id, (this.#tries.get(id) ?? 0) + 1)
    const reading = new AnswerReading({
      ask: async () => {
        const adapter = await deployment.adapter()
        this.#asking = deployment
        this.#answeredBy = {deployment: id, provider, model}
        return adapter.complete(request, {signal, timeouts, stream: this.#call.stream})
      },
      signal,
      refusalFails: this.#hasContentFallbacks(),
      keeps: this.#cacheUse !== 'off',
      onCommit: () => this.#commit(deployment, ticket, began),
    })
    return {...picked, reading, startedAt: clock.now().toISOString(), began}
  }

  /** Writes down how a request ended, pays for it, and lets others have its place. */
  async #settle({deployment, reservation, ticket, reading, startedAt, began}: Asked): Promise<void> {
    const {cooldowns, budgets} = this.#engine
    const {clock} = this.#context
    const {provider, model, id} = deployment
    ticket.end()
    this.#asking = undefined
    const durationMs = clock.elapsed() - began
    this.#atProviders += durationMs
    const {isFinished, failure, wasStopped} = reading
    const usage = reading.usage(this.#need.input.likely)
    ticket.used((usage.input.total ?? 0) + (usage.output.total ?? 0))
    const used = usage === nothingUsed ? 0n : await priceOf(deployment, usage, clock.now())
    this.#cost = this.#cost === null || used === null ? null : this.#cost + used
    if (usage !== nothingUsed) this.#usage = usage
    const outcome = isFinished ? 'answered' : wasStopped ? 'cancelled' : (failure?.class ?? 'auth')
    const status = isFinished ? null : (failure?.status ?? null)
    this.#attempts.push({deployment: id, provider, model, startedAt, durationMs, outcome, status})
    if (isFinished) cooldowns.succeeded(id)
    else if (failure && !this.#end.signal.aborted) cooldowns.failed(id, failure, await this.#isLast(id))
    else cooldowns.released(id)
    if (reservation) await budgets.settle(this.#context, reservation, used)
  }

  async #keep(deployment: Deployment, events: readonly CompletionEvent[]): Promise<void> {
    try {
      await this.#engine.cache.keep(this.#context, deployment, this.#call.request, events)
    } catch (error) {
      // The answer is there and paid for.
      this.#context.log.warn('An answer could not be kept', {reason: (error as Error).message})
    }
  }

  #commit({id}: Deployment, ticket: Ticket, began: number): void {
    const now = this.#context.clock.elapsed()
    ticket.answered(now - began)
    this.#firstContent = now - this.#began
    this.#committed.resolve({
      requestId: this.requestId,
      deployment: id,
      attempts: this.#attempts.length + 1,
      cache: this.#cacheOutcome,
    })
  }

  #hasContentFallbacks(): boolean {
    return (this.#stages[0]!.group?.content_fallbacks.length ?? 0) > 0
  }

  /** Whether nobody else could answer: every other deployment is unfit, cooling, or was refused in this call. */
  async #isLast(id: string): Promise<boolean> {
    const others = this.#stages.flatMap(stage => stage.deployments).filter(each => each.id !== id)
    const judged = await Promise.all(others.map(each => this.#judge(each)))
    return judged.every(({deployment, excluded}) => this.#refused.has(deployment.id) || excluded.length > 0)
  }

  #judge(deployment: Deployment, priced = false): Promise<JudgedDeployment> {
    const {cooldowns, load} = this.#engine
    return judge(deployment, this.#need, {cooldowns, load, now: this.#context.clock.now(), priced})
  }

  /** @throws CancelledError, DeadlineError, InterruptedError */
  #assertGoing(committed?: string): void {
    if (this.#call.signal.aborted || this.#hasLeft) throw new CancelledError()
    const total = this.#engine.configuration.timeouts.total * 1000
    if (!this.#isLate && this.#elapsed() < total) return
    const seconds = Math.round(total / 1000)
    if (committed !== undefined) {
      throw new InterruptedError(`The answer of ${committed} took longer than ${seconds} s`, {
        hint: 'raise timeouts.total of llm.timeouts',
      })
    }
    throw new DeadlineError(`No answer within ${seconds} s`, {
      hint: 'raise timeouts.total of llm.timeouts, or ask for less',
      details: {attempts: this.#attempts},
    })
  }

  #elapsed(): number {
    return this.#context.clock.elapsed() - this.#began
  }

  #told(error: unknown): unknown {
    if (error instanceof OmniError) return error
    return this.#call.signal.aborted || this.#hasLeft ? new CancelledError() : error
  }

  #noteText(event: CompletionEvent): void {
    if (event.type === 'text-delta' && this.#engine.configuration.logContent) this.#text += event.text
  }

  async #finish(outcome: 'answered' | 'failed' | 'interrupted' | 'cancelled', code: string | null): Promise<void> {
    const {principal} = this.#context
    const durationMs = this.#elapsed()
    const isHit = this.#cacheOutcome === 'hit'
    const overheadMs = Math.max(0, durationMs - this.#atProviders)
    const {deployment, provider, model} = this.#answeredBy
    this.#outcome.resolve({
      requestId: this.requestId,
      deployment,
      provider,
      model,
      attempts: this.#attempts,
      usage: this.#usage,
      costNanoUsd: this.#cost,
      cache: this.#cacheOutcome,
      overheadMs,
    })
    const entry: LedgerEntry = {
      id: this.requestId,
      at: this.#at.toISOString(),
      purpose: this.#call.purpose,
      principal: principal.id,
      key: keyOf(this.#call, this.#context),
      target: this.#call.target,
      deployment,
      provider,
      model,
      outcome: isHit && outcome === 'answered' ? 'cached' : outcome,
      error: code,
      attempts: this.#attempts,
      // A hit has used nothing; what its answer took was written down with the answer.
      usage: isHit || this.#attempts.length === 0 ? nothingUsed : this.#usage,
      costNanoUsd: this.#cost,
      durationMs,
      firstContentMs: this.#firstContent,
      overheadMs,
      ...(this.#engine.configuration.logContent ? {content: this.#content()} : {}),
    }
    try {
      await this.#engine.ledger.record(this.#context, entry)
    } catch (error) {
      // The answer is there and paid for; its record waits for the next.
      this.#context.log.warn('A call could not be written down yet', {reason: (error as Error).message})
    }
  }

  #content() {
    const {system, messages} = this.#call.request
    return {
      subject: this.#call.subject ?? null,
      prompt: JSON.stringify({system: system ?? null, messages}, (_, value: unknown) =>
        value instanceof Uint8Array ? `${value.length} bytes` : value,
      ),
      answer: this.#text,
    }
  }
}

/** Prefix of the gateway's key, or of the API key that the caller shows; null for a person. */
export function keyOf(
  {virtualKey}: Pick<RoutedCall, 'virtualKey'>,
  {principal}: Pick<CallContext, 'principal'>,
): string | null {
  if (virtualKey !== undefined) return virtualKey
  return principal.kind === 'key' && principal.id.startsWith('key:') ? principal.id.slice('key:'.length) : null
}

async function priceOf({priced}: Deployment, usage: CompletionUsage, at: Date): Promise<bigint | null> {
  return priced ? completionPrice(priced, usage, at) : null
}

/** Time for a call to be written down after its deadline, in milliseconds, before it is taken for dead. */
const settlingMs = 30_000

/** Who waits for longer is told why, in milliseconds. */
const noticedMs = 2_000

/** How long a call waits for another to end before it looks again, in milliseconds. */
const slotPatienceMs = 1_000

function least(left: number | undefined, right: number): number {
  return left === undefined ? right : Math.min(left, right)
}
