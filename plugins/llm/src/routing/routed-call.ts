import type {CompletionEvent, CompletionUsage, EventBatch} from '../model/completion-event.ts'
import type {CompletionRequest} from '../model/completion-request.ts'
import type {Capability} from '../model/provider-adapter.ts'
import type {FailureClass} from '../model/provider-failure.ts'

export type CacheUse = 'use' | 'refresh' | 'off'
export type CacheOutcome = 'hit' | 'miss' | 'off'

/** What a caller needs of the deployment beside what the request shows by itself. */
export interface Requirements {
  readonly capabilities?: readonly Capability[]
  /** Tokens that have to fit, where the caller knows better than the router's estimate. */
  readonly contextTokens?: number
  /** The region that the data may not leave, as deployments name theirs: `eu`, `us`, `local`. */
  readonly residency?: string
  /** The most that the call may cost, in nano-dollars, by its worst case. */
  readonly maxCostNanoUsd?: bigint
}

export interface RoutedCall {
  /** The name of a group, `provider/model`, or the id of a deployment. */
  readonly target: string
  readonly request: CompletionRequest
  readonly stream: boolean
  readonly signal: AbortSignal
  readonly requirements?: Requirements
  /** The id of the operation that asks, for the ledger. */
  readonly purpose: string
  /** The id of the gateway key. */
  readonly virtualKey?: string
  /** `use` where it is not given and the configuration has a cache. */
  readonly cache?: CacheUse
  /**
   * False where it would matter that two providers did it, such as where the answer is stored at the provider: then what
   * may have run is not asked for again, of nobody.
   */
  readonly repeatable?: boolean
  /** Whom the prompt is about, for what is kept of it where `llm.log_content` is on. */
  readonly subject?: string
}

/** One request to one deployment. A failure is told by its class and status alone: a provider's text can echo secrets. */
export interface Attempt {
  readonly deployment: string
  readonly provider: string
  readonly model: string
  readonly startedAt: string
  readonly durationMs: number
  readonly outcome: 'answered' | FailureClass
  readonly status: number | null
}

export interface CallOutcome {
  readonly requestId: string
  /** Null where nothing was sent, or a cache answered. */
  readonly deployment: string | null
  readonly provider: string
  readonly model: string
  readonly attempts: readonly Attempt[]
  readonly usage: CompletionUsage
  /** Null where no price is known. */
  readonly costNanoUsd: bigint | null
  readonly cache: CacheOutcome
  /** Milliseconds of the call that no provider took. */
  readonly overheadMs: number
}

export interface Commitment {
  readonly requestId: string
  readonly deployment: string
  readonly attempts: number
  readonly cache: CacheOutcome
}

export interface RoutedAnswer {
  /**
   * Emits from the first content on: before that the router may still have switched. To be iterated once; leaving it
   * early aborts the provider's request.
   *
   * @throws the errors of `errors.ts`, each with an HTTP status and an exit code; CancelledError when the signal aborts.
   */
  readonly events: AsyncIterable<CompletionEvent>
  /** The same events as they arrived together, for who passes them on. To be iterated instead of `events`. */
  readonly batches: AsyncIterable<EventBatch>
  /** Known once `events` has ended, well or not. Rejects never. */
  readonly outcome: Promise<CallOutcome>
  /** Known when the first event arrives; rejects with the error where none does. */
  readonly committed: Promise<Commitment>
}

/** Why a deployment is not asked. */
export type Exclusion =
  | 'capability'
  | 'context'
  | 'region'
  | 'tenant'
  | 'key'
  | 'cost'
  | 'budget'
  | 'cooldown'
  | 'auth'
  | 'billing'
  | 'rate-window'
  | 'parallel'

export interface Candidate {
  readonly deployment: string
  readonly provider: string
  readonly model: string
  readonly region: string | null
  /** Worst case in nano-dollars; null where no price is known. */
  readonly worstCaseNanoUsd: bigint | null
  readonly excluded: readonly {readonly by: Exclusion; readonly why: string}[]
}

export interface Explanation {
  readonly target: string
  /** Null where the target names one deployment. */
  readonly group: string | null
  readonly strategy: string
  readonly inputTokens: number
  readonly candidates: readonly Candidate[]
  /** In the order in which they would be tried. */
  readonly order: readonly string[]
  readonly fallbacks: {
    readonly general: readonly string[]
    readonly context: readonly string[]
    readonly content: readonly string[]
  }
}

/** A name that a call may use as its target. */
export interface RoutableModel {
  readonly name: string
  readonly kind: 'group' | 'deployment'
  readonly deployments: readonly string[]
  readonly providers: readonly string[]
  /** What every deployment behind the name can do. */
  readonly capabilities: readonly Capability[]
  /** Of the deployment with the least; null where it is not known. */
  readonly contextTokens: number | null
  /** Likewise. */
  readonly maxOutputTokens: number | null
}

export interface EmbeddingCall {
  /** `provider/model`, or a model of the configured embedding provider; the configured one where it is not given. */
  readonly target?: string
  readonly texts: readonly string[]
  readonly kind: 'document' | 'query'
  readonly signal: AbortSignal
  readonly purpose: string
  readonly virtualKey?: string
}

export interface EmbeddingAnswer {
  readonly vectors: readonly Float32Array[]
  readonly provider: string
  readonly model: string
  readonly inputTokens: number | null
  readonly costNanoUsd: bigint | null
}
