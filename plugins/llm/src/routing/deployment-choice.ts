import type {OmniError} from '@omni-ops/core/operation'
import type {Spender} from '../budget/account.ts'
import type {Reservation} from '../budget/budgets.ts'
import type {CompletionRequest} from '../model/completion-request.ts'
import type {FailureFacts} from '../model/provider-failure.ts'
import {type CallAccount, keyOf} from './call-account.ts'
import type {CallLifetime} from './call-lifetime.ts'
import {judge, type JudgedDeployment, type Need, worstCaseOf} from './candidates.ts'
import type {Deployment} from './deployment.ts'
import type {CallContext, Engine} from './engine.ts'
import {AllUnavailableError, BudgetExceededError, ProviderError} from './errors.ts'
import {FallbackStages} from './fallback-stages.ts'
import type {Ticket} from './load.ts'
import {noCandidate, tooLong} from './no-candidate.ts'
import {requestFor} from './request-for.ts'
import type {RoutedCall} from './routed-call.ts'
import {looksAtCost, orderBy} from './strategies.ts'

export interface DeploymentChoiceOptions {
  readonly call: RoutedCall
  readonly need: Need
  readonly context: CallContext
  readonly engine: Engine
  readonly lifetime: CallLifetime
  readonly account: CallAccount
}

/** What a call has in hand for its next request. */
export interface Picked {
  readonly deployment: Deployment
  readonly request: CompletionRequest
  readonly reservation: Reservation | undefined
  readonly ticket: Ticket
}

/** Milliseconds: until one that was not asked may be (`wait`), until one that failed may be asked again (`again`). */
interface Waits {
  readonly wait: number | undefined
  readonly again: number | undefined
}

const deniedBefore: FailureFacts = {
  status: null,
  retryAfter: null,
  shouldRetry: null,
  class: 'auth',
  mayHaveRun: false,
  message: 'the provider did not accept its key in a call before this one',
}

/** Who waits for longer is told why, in milliseconds. */
const noticedMs = 2_000

/** How long a call waits for another to end before it looks again, in milliseconds. */
const slotPatienceMs = 1_000

/** Which deployments one call asks, and in which order, within one number of requests. */
export class DeploymentChoice {
  readonly #options: DeploymentChoiceOptions
  readonly #stages: FallbackStages
  #budgetRefusal: BudgetExceededError | undefined
  #hasTurnedToLonger = false
  #last: {readonly error: OmniError; readonly facts: FailureFacts | undefined} | undefined

  /** @throws UnknownTargetError */
  constructor(options: DeploymentChoiceOptions) {
    this.#options = options
    this.#stages = new FallbackStages(options.engine.configuration, options.call.target)
  }

  /** Whether others are named for what a filter stops. */
  get hasContentFallbacks(): boolean {
    return (this.#stages.main.group?.content_fallbacks.length ?? 0) > 0
  }

  /** The next deployment to ask, with room in its budgets; waits where all are busy or cooling and there is time. */
  async next(): Promise<Picked> {
    const {engine, lifetime, account} = this.#options
    const {retry} = engine.configuration
    const mayAgain = ({id}: Deployment) => this.#stages.triesOf(id) < retry.per_deployment
    for (;;) {
      lifetime.assertGoing(account.attempts)
      if (account.attempts.length >= retry.attempts) throw await this.#givenUp(null)
      const fresh = await this.#firstThatIs(({id}) => this.#stages.triesOf(id) === 0)
      if (fresh) return fresh
      const {wait, again} = await this.#waits()
      // A deployment that failed for a passing reason gets another request, after a pause.
      const isAgain = again !== undefined && (wait === undefined || again <= wait) && again < lifetime.remaining
      if (!isAgain && wait === undefined && (await this.#turnsToLonger())) continue
      if (!isAgain && (wait === undefined || wait >= lifetime.remaining)) throw await this.#givenUp(wait ?? null)
      await this.#wait(isAgain ? again : wait!)
      const picked = await this.#firstThatIs(mayAgain)
      if (picked) return picked
    }
  }

  /** It could not be asked. */
  unasked({id}: Deployment, error: OmniError): void {
    this.#stages.refuse(id)
    this.#last = {error, facts: undefined}
  }

  /** Decides what a failure before the first content leads to. @throws ProviderError where it ends the call */
  failed(deployment: Deployment, failure: FailureFacts): void {
    const error = new ProviderError(failure, deployment.id, this.#options.account.attempts)
    this.#last = {error, facts: failure}
    switch (failure.class) {
      case 'client':
      case 'cancelled':
        throw error
      case 'context':
      case 'content':
        this.#stages.refuse(deployment.id)
        if (!this.#stages.turnTo(`${failure.class}_fallbacks`)) throw error
        return
      case 'auth':
      case 'billing':
        this.#stages.refuse(deployment.id)
        return
      default:
        if (failure.shouldRetry === false) this.#stages.refuse(deployment.id)
        if (!failure.mayHaveRun) return
        // It may be at work still, and is paid for: never the same again, and no other where twice would matter.
        this.#stages.refuse(deployment.id)
        if (this.#options.call.repeatable === false) throw error
    }
  }

  /** Whether nobody else could answer: every other deployment is unfit, cooling, or was refused in this call. */
  async isLast(id: string): Promise<boolean> {
    const judged = await Promise.all(
      this.#stages.deployments.filter(each => each.id !== id).map(each => this.#judge(each)),
    )
    return judged.every(({deployment, excluded}) => this.#stages.isRefused(deployment.id) || excluded.length > 0)
  }

  /** Those of the target whose earlier answers may be given: who is busy or cooling may have answered before. */
  async quotable(): Promise<readonly Deployment[]> {
    const judged = await Promise.all(this.#stages.main.deployments.map(each => this.#judge(each)))
    return judged
      .filter(({excluded}) => excluded.every(({wait}) => wait !== undefined))
      .map(({deployment}) => deployment)
  }

  /** Whether there are others for a prompt that nobody was asked about, as the router itself finds it too long. */
  async #turnsToLonger(): Promise<boolean> {
    if (this.#hasTurnedToLonger || this.#last !== undefined || !(await this.#isTooLong())) return false
    this.#hasTurnedToLonger = true
    return this.#stages.turnTo('context_fallbacks')
  }

  /** Whether one of those that the call names could answer, were the prompt shorter. */
  async #isTooLong(): Promise<boolean> {
    const judged = await Promise.all(this.#stages.main.deployments.map(each => this.#judge(each)))
    return judged.some(({excluded}) => excluded.length > 0 && excluded.every(({by}) => by === 'context'))
  }

  async #firstThatIs(wanted: (deployment: Deployment) => boolean): Promise<Picked | undefined> {
    const {load} = this.#options.engine
    const {random} = this.#options.context
    for (const stage of this.#stages.all) {
      const open = stage.deployments.filter(each => !this.#stages.isRefused(each.id) && wanted(each))
      const priced = looksAtCost(stage.strategy)
      const judged = await Promise.all(open.map(each => this.#judge(each, priced)))
      const possible = judged.filter(({excluded}) => excluded.length === 0)
      for (const candidate of orderBy(stage.strategy, possible, {load, random})) {
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
  async #take(judged: JudgedDeployment): Promise<Picked | undefined> {
    const {call, need, context, engine} = this.#options
    const {budgets, cooldowns, load} = engine
    const {deployment} = judged
    const spender = this.#spender(deployment)
    const isLimited = need.maxCostNanoUsd !== null || (await budgets.applying(context, spender)).length > 0
    let reservation: Reservation | undefined
    try {
      reservation = isLimited
        ? await budgets.reserve(
            {...context, signal: this.#options.lifetime.signal},
            spender,
            await this.#worstCase(judged),
            message => context.emit({type: 'note', level: 'warn', message}),
            this.#options.account.requestId,
          )
        : undefined
    } catch (error) {
      if (!(error instanceof BudgetExceededError)) throw error
      this.#budgetRefusal = error
      this.#stages.refuse(deployment.id)
      return undefined
    }
    // Nothing waits between looking and taking: other calls would look meanwhile.
    const {likely} = need.input
    if (load.blocked(deployment, likely) !== undefined || !cooldowns.admit(deployment.id)) {
      if (reservation) await budgets.settle(context, reservation, 0n)
      return undefined
    }
    const ticket = load.begin(deployment, likely)
    this.#stages.tried(deployment.id)
    const most = Math.min(need.outputTokens, deployment.maxOutputTokens ?? Number.POSITIVE_INFINITY)
    const request = requestFor(call.request, deployment, isLimited ? most : undefined)
    return {deployment, request, reservation, ticket}
  }

  #spender({provider, model}: Deployment): Spender {
    const {call, context} = this.#options
    return {key: keyOf(call, context), provider, model}
  }

  async #worstCase({deployment, worstCaseNanoUsd}: JudgedDeployment): Promise<bigint | null> {
    const {need, context} = this.#options
    return worstCaseNanoUsd === undefined ? worstCaseOf(deployment, need, context.clock.now()) : worstCaseNanoUsd
  }

  /** Whether a budget would refuse a deployment as well when it can be asked: then it is not waited for. */
  async #isUnaffordable(judged: JudgedDeployment): Promise<boolean> {
    const {context, engine} = this.#options
    const {deployment} = judged
    const worst = await this.#worstCase(judged)
    const refusal = await engine.budgets.lastingRefusal(context, this.#spender(deployment), worst)
    if (refusal === undefined) return false
    this.#budgetRefusal ??= refusal
    this.#stages.refuse(deployment.id)
    return true
  }

  async #waits(): Promise<Waits> {
    const {retry} = this.#options.engine.configuration
    let wait: number | undefined
    let again: number | undefined
    for (const deployment of this.#stages.deployments) {
      const tries = this.#stages.triesOf(deployment.id)
      if (this.#stages.isRefused(deployment.id) || tries >= retry.per_deployment) continue
      const judged = await this.#judge(deployment)
      const {excluded} = judged
      if (excluded.some(each => each.wait === undefined)) continue
      if (excluded.length === 0) {
        again = least(again, this.#pause(tries))
        continue
      }
      // A key that was not accepted is not mended by waiting.
      if (excluded.some(({by}) => by === 'auth')) continue
      if (await this.#isUnaffordable(judged)) continue
      // What has no known end ends with a request that is under way.
      wait = least(wait, Math.max(...excluded.map(each => each.wait ?? slotPatienceMs)))
    }
    return {wait, again}
  }

  /** Doubles with each request, with jitter, so that many callers do not come back at once. */
  #pause(tries: number): number {
    const {context, engine} = this.#options
    const {first_wait, longest_wait} = engine.configuration.retry
    const asked = this.#last?.facts?.retryAfter
    if (asked != null) return asked
    const full = Math.min(longest_wait, first_wait * 2 ** (tries - 1)) * 1000
    return full * (0.5 + context.random.bytes(1)[0]! / 510)
  }

  async #wait(milliseconds: number): Promise<void> {
    const {call, context, lifetime, account, engine} = this.#options
    const isForSlot = milliseconds === slotPatienceMs
    if (milliseconds >= noticedMs) {
      const seconds = Math.ceil(milliseconds / 1000)
      const message = `No deployment of ${call.target} is to be asked for now: waiting ${seconds} s for the first`
      context.emit({type: 'note', level: 'info', message})
    }
    await lifetime.wait(milliseconds, account.attempts, isForSlot ? engine.load.freed() : undefined)
  }

  /** @param wait milliseconds after which it may be otherwise; null where waiting does not help */
  async #givenUp(wait: number | null): Promise<OmniError> {
    const {call, need, engine, account} = this.#options
    if (this.#last) {
      const {facts, error} = this.#last
      if (facts && wait !== null && facts.retryAfter === null) {
        return new ProviderError({...facts, retryAfter: wait}, account.attempts.at(-1)!.deployment, account.attempts)
      }
      return error
    }
    if (this.#budgetRefusal) return this.#budgetRefusal
    const {target} = call
    if (wait !== null) {
      return new AllUnavailableError(`All deployments of ${target} are cooling down or busy`, wait, {
        hint: 'try again later, or add a deployment; `omni llm providers` shows why',
        details: {target},
      })
    }
    const denied = await this.#deniedBefore()
    if (denied) return denied
    if (await this.#isTooLong()) return tooLong(target, need)
    return noCandidate(target, need, this.#stages.deployments, engine.configuration)
  }

  /** The error of a deployment that could answer if an earlier call had not found its key refused. */
  async #deniedBefore(): Promise<ProviderError | undefined> {
    for (const deployment of this.#stages.deployments) {
      const {excluded} = await this.#judge(deployment)
      const isDenied = excluded.some(({by}) => by === 'auth') && excluded.every(({wait}) => wait !== undefined)
      if (isDenied) return new ProviderError(deniedBefore, deployment.id, this.#options.account.attempts)
    }
    return undefined
  }

  #judge(deployment: Deployment, priced = false): Promise<JudgedDeployment> {
    const {need, context, engine} = this.#options
    const {cooldowns, load} = engine
    return judge(deployment, need, {cooldowns, load, now: context.clock.now(), priced})
  }
}

function least(left: number | undefined, right: number): number {
  return left === undefined ? right : Math.min(left, right)
}
