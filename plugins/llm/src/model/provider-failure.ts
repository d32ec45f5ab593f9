/**
 * What kind of failure it was, which alone decides what is done about it:
 * `client` (the request is wrong: never sent again), `auth` (the key), `billing` (no money: out until it is reset),
 * `rate` (too many for our account), `overload` (theirs), `context` (too long for the model), `content` (refused by a
 * filter), `transient` (worth another try), `cancelled` (by the caller).
 */
export type FailureClass =
  'client' | 'auth' | 'billing' | 'rate' | 'overload' | 'context' | 'content' | 'transient' | 'cancelled'

export interface FailureFacts {
  readonly class: FailureClass
  /** Of the HTTP answer; null where there was none. */
  readonly status: number | null
  /** How long the provider asks to be left alone, in milliseconds; null where it does not say. */
  readonly retryAfter: number | null
  /** What `x-should-retry` says. */
  readonly shouldRetry: boolean | null
  /** Whether the provider may have acted on the request: then it is not blindly sent again. */
  readonly mayHaveRun: boolean
  /** For a person to read, of bounded length and without secrets; never stored in a trail. */
  readonly message: string
  /** What to do about it, where that is not what one does about most failures of its class. */
  readonly hint?: string
}

/** The one error that an adapter throws for what a provider did. Nothing of the SDK's error is kept. */
export class ProviderFailure extends Error {
  readonly facts: FailureFacts

  constructor(facts: FailureFacts) {
    super(facts.message)
    this.name = 'ProviderFailure'
    this.facts = facts
  }
}
