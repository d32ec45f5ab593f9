import {noUsage} from '../model/completion-usage.ts'
import type {CompletionEvent, CompletionUsage} from '../model/completion-event.ts'
import type {CachedAnswer} from '../cache/answer-cache.ts'
import type {LedgerEntry, OpenCall, OpenCallState} from '../ledger/ledger-entry.ts'
import {completionPrice} from '../pricing/completion-price.ts'
import type {Deployment} from './deployment.ts'
import type {CallContext} from './engine.ts'
import type {Attempt, CacheOutcome, CallOutcome, RoutedCall} from './routed-call.ts'
import {brokenOffUsage, nothingUsed} from './usage-estimate.ts'

export interface CallAccountOptions {
  readonly call: RoutedCall
  readonly context: CallContext
  /** As estimated. */
  readonly inputTokens: number
  /** Milliseconds that the call may take. */
  readonly total: number
  /** Whether what is asked and answered is kept. */
  readonly logContent: boolean
}

/** How a request to a deployment ended. */
export interface EndedRequest {
  readonly deployment: Deployment
  readonly startedAt: string
  readonly durationMs: number
  readonly outcome: Attempt['outcome']
  readonly status: number | null
  readonly usage: CompletionUsage
}

/** Time for a call to be written down after its deadline, in milliseconds, before it is taken for dead. */
const settlingMs = 30_000

/** What a call has asked, used and cost so far, for whoever writes it down. */
export class CallAccount {
  readonly #options: CallAccountOptions
  /** The call as it begins. */
  readonly open: OpenCall
  readonly #attempts: Attempt[] = []
  #usage: CompletionUsage = noUsage
  #costNanoUsd: bigint | null = 0n
  #answeredBy: {readonly deployment: string | null; readonly provider: string; readonly model: string}
  #asking: Deployment | undefined
  #atProviders = 0
  #text = ''
  cache: CacheOutcome = 'off'
  /** Milliseconds to the first content; null where none came. */
  firstContentMs: number | null = null

  constructor(options: CallAccountOptions) {
    const {call, context, total} = options
    const at = context.clock.now()
    this.#options = options
    this.open = {
      id: context.random.id(),
      at: at.toISOString(),
      purpose: call.purpose,
      principal: context.principal.id,
      key: keyOf(call, context),
      target: call.target,
      expiresAt: new Date(at.getTime() + total + settlingMs).toISOString(),
      state: () => this.#state(),
    }
    this.#answeredBy = {deployment: null, provider: '', model: call.target}
  }

  get requestId(): string {
    return this.open.id
  }

  /** One for each request that has ended. */
  get attempts(): readonly Attempt[] {
    return this.#attempts
  }

  /** Tokens of the whole call; undefined where none are known. */
  get tokens(): number | undefined {
    return (this.#usage.input.total ?? 0) + (this.#usage.output.total ?? 0) || undefined
  }

  /** Somebody is asked. */
  asks(deployment: Deployment): void {
    const {id, provider, model} = deployment
    this.#asking = deployment
    this.#answeredBy = {deployment: id, provider, model}
  }

  /** @returns what it cost; null where no price is known */
  async ended({deployment, usage, ...how}: EndedRequest): Promise<bigint | null> {
    const {id, provider, model} = deployment
    this.#asking = undefined
    this.#atProviders += how.durationMs
    const used = usage === nothingUsed ? 0n : await priceOf(deployment, usage, this.#options.context.clock.now())
    this.#costNanoUsd = this.#costNanoUsd === null || used === null ? null : this.#costNanoUsd + used
    if (usage !== nothingUsed) this.#usage = usage
    this.#attempts.push({deployment: id, provider, model, ...how})
    return used
  }

  replays({deployment, provider, model, events}: CachedAnswer): void {
    this.#answeredBy = {deployment, provider, model}
    this.cache = 'hit'
    for (const event of events) {
      if (event.type === 'finish') this.#usage = event.usage
      this.says(event)
    }
  }

  /** Something of the answer is handed on. */
  says(event: CompletionEvent): void {
    if (event.type === 'text-delta' && this.#options.logContent) this.#text += event.text
  }

  /** @param durationMs of the call */
  outcome(durationMs: number): CallOutcome {
    return {
      requestId: this.requestId,
      ...this.#answeredBy,
      attempts: this.#attempts,
      usage: this.#usage,
      costNanoUsd: this.#costNanoUsd,
      cache: this.cache,
      overheadMs: this.#overhead(durationMs),
    }
  }

  /**
   * @param how it ended
   * @param error its code; null where there is none
   * @param durationMs of the call
   */
  entry(how: LedgerEntry['outcome'], error: string | null, durationMs: number): LedgerEntry {
    const {logContent} = this.#options
    const isHit = this.cache === 'hit'
    const {id, at, purpose, principal, key, target} = this.open
    return {
      id,
      at,
      purpose,
      principal,
      key,
      target,
      ...this.#answeredBy,
      outcome: isHit && how === 'answered' ? 'cached' : how,
      error,
      attempts: this.#attempts,
      // A hit has used nothing; what its answer took was written down with the answer.
      usage: isHit || this.#attempts.length === 0 ? nothingUsed : this.#usage,
      costNanoUsd: this.#costNanoUsd,
      durationMs,
      firstContentMs: this.firstContentMs,
      overheadMs: this.#overhead(durationMs),
      ...(logContent ? {content: this.#content()} : {}),
    }
  }

  /** Milliseconds of the call that no provider took. */
  #overhead(durationMs: number): number {
    return Math.max(0, durationMs - this.#atProviders)
  }

  /** What is known of the call while it is under way, should nobody see its end. */
  async #state(): Promise<OpenCallState> {
    const {inputTokens, context} = this.#options
    const asking = this.#asking
    const prompt = asking
      ? await priceOf(asking, brokenOffUsage(undefined, {inputTokens, generatedBytes: 0}), context.clock.now())
      : 0n
    return {
      ...this.#answeredBy,
      attempts: this.#attempts.length + (asking ? 1 : 0),
      inputTokens,
      costNanoUsd: this.#costNanoUsd === null || prompt === null ? null : this.#costNanoUsd + prompt,
    }
  }

  #content() {
    const {request, subject} = this.#options.call
    const {system, messages} = request
    return {
      subject: subject ?? null,
      prompt: JSON.stringify({system: system ?? null, messages}, (_, value: unknown) =>
        value instanceof Uint8Array ? `${value.length} bytes` : value,
      ),
      answer: this.#text,
    }
  }
}

async function priceOf({priced}: Deployment, usage: CompletionUsage, at: Date): Promise<bigint | null> {
  return priced ? completionPrice(priced, usage, at) : null
}

/** Prefix of the gateway's key, or of the API key that the caller shows; null for a person. */
export function keyOf(
  {virtualKey}: Pick<RoutedCall, 'virtualKey'>,
  {principal}: Pick<CallContext, 'principal'>,
): string | null {
  if (virtualKey !== undefined) return virtualKey
  return principal.kind === 'key' && principal.id.startsWith('key:') ? principal.id.slice('key:'.length) : null
}
