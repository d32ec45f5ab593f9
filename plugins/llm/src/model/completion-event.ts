/** Why a model stopped. A stream that ends without saying is an error, never `stop`. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'other'

/**
 * Tokens, in one way for every provider; null where the provider did not say. `input.total` is all that was read:
 * `noCache + cacheRead + cacheWrite`. `output.total` is all that was generated: `text + reasoning`.
 */
export interface CompletionUsage {
  readonly input: {
    readonly total: number | null
    readonly noCache: number | null
    readonly cacheRead: number | null
    readonly cacheWrite: number | null
    /** Of `cacheWrite` what is kept for an hour, which costs more; the provider does not say where it is not given. */
    readonly cacheWriteHour?: number
  }
  readonly output: {
    readonly total: number | null
    readonly text: number | null
    readonly reasoning: number | null
  }
  /** As the provider sent it. */
  readonly raw: unknown
  /** True where we counted because the provider did not. */
  readonly estimated?: boolean
}

/** A parameter that a provider has no way to obey, and what was done instead. */
export interface CompletionWarning {
  readonly parameter: string
  readonly message: string
}

/**
 * What arrived together, in order and never empty: a fast stream then takes few turns of the event loop, however small
 * its pieces are.
 */
export type EventBatch = readonly CompletionEvent[]

/** One piece of an answer. Blocks have ids that are unique within the answer; several may be open at once. */
export type CompletionEvent =
  /** First of all, once the provider has accepted the request. */
  | {readonly type: 'start'; readonly model: string | null; readonly warnings: readonly CompletionWarning[]}
  | {readonly type: 'text-start'; readonly id: string}
  | {readonly type: 'text-delta'; readonly id: string; readonly text: string}
  | {readonly type: 'text-end'; readonly id: string}
  | {readonly type: 'reasoning-start'; readonly id: string}
  | {readonly type: 'reasoning-delta'; readonly id: string; readonly text: string}
  | {
      readonly type: 'reasoning-end'
      readonly id: string
      readonly signed?: {readonly provider: string; readonly data: unknown}
    }
  | {readonly type: 'tool-input-start'; readonly id: string; readonly name: string}
  | {readonly type: 'tool-input-delta'; readonly id: string; readonly text: string}
  | {
      readonly type: 'tool-input-end'
      readonly id: string
      readonly signed?: {readonly provider: string; readonly data: unknown}
    }
  /** What has been used so far, where a provider says so before the end: a broken stream is billed by the last of them. */
  | {readonly type: 'usage'; readonly usage: CompletionUsage}
  /** Always the last event of a stream that ends well. */
  | {
      readonly type: 'finish'
      readonly reason: {readonly unified: FinishReason; readonly raw: string | null}
      readonly usage: CompletionUsage
    }
