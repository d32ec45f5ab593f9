import {type ErrorOptions, ExitCode, NotConfiguredError, NotFoundError, OmniError} from '@omni-ops/core/operation'
import type {FailureClass, FailureFacts} from '../model/provider-failure.ts'
import type {Attempt} from './routed-call.ts'

/** No provider is configured, and none was found. */
export class NoProviderError extends NotConfiguredError {
  override readonly code = 'llm_not_configured'
}

/** The target is no group, deployment or model that this profile has. */
export class UnknownTargetError extends NotFoundError {
  override readonly code = 'llm_unknown_model'
}

/** Every deployment behind the target was excluded by what the call needs. */
export class NoCandidateError extends OmniError {
  readonly code = 'llm_no_candidate'
  readonly exitCode = ExitCode.usage
  readonly httpStatus = 422
}

/** No deployment that could be asked has room for the prompt and the longest answer. */
export class ContextExceededError extends OmniError {
  readonly code = 'llm_context_exceeded'
  readonly exitCode = ExitCode.failure
  readonly httpStatus = 400
}

/** A hard budget, or the limit of the call itself, leaves no room for the worst case. */
export class BudgetExceededError extends OmniError {
  readonly code = 'llm_budget_exceeded'
  readonly exitCode = ExitCode.gateFailed
  readonly httpStatus = 402
}

/** The key may not use the group or deployment. */
export class TargetNotAllowedError extends OmniError {
  readonly code = 'llm_target_not_allowed'
  readonly exitCode = ExitCode.denied
  readonly httpStatus = 403
}

/** Ends well if it is tried again after a while. */
export abstract class LaterError extends OmniError {
  readonly exitCode: ExitCode = ExitCode.notConfigured
  /** Milliseconds; null where nobody knows. */
  readonly retryAfterMs: number | null

  constructor(message: string, retryAfterMs: number | null, options: ErrorOptions = {}) {
    const details = typeof options.details === 'object' ? options.details : {}
    super(message, {...options, details: {...details, retry_after_ms: retryAfterMs}})
    this.retryAfterMs = retryAfterMs
  }

  /** Whole seconds, for the header. */
  get retryAfter(): number | undefined {
    return this.retryAfterMs === null ? undefined : Math.max(1, Math.ceil(this.retryAfterMs / 1000))
  }
}

/** The requests or tokens of a minute that a virtual key has are used up. */
export class KeyRateExceededError extends LaterError {
  readonly code = 'llm_key_rate_exceeded'
  readonly httpStatus = 429
}

/** All deployments are cooling down, busy, or at their rate, for longer than the call may wait. */
export class AllUnavailableError extends LaterError {
  readonly code = 'llm_unavailable'
  readonly httpStatus = 503
}

/** The deadline of the whole call passed. */
export class DeadlineError extends OmniError {
  readonly code = 'llm_deadline'
  readonly exitCode = ExitCode.notConfigured
  readonly httpStatus = 504
}

/** What the last provider did, after everything that could be tried was. */
export class ProviderError extends LaterError {
  readonly code: string
  override readonly exitCode: ExitCode
  readonly httpStatus: number
  readonly failure: FailureClass

  constructor(facts: FailureFacts, deployment: string, attempts: readonly Attempt[]) {
    const {code, status, hint} = told[facts.class]
    // What was found in the environment is called as its provider is.
    const isNamed = facts.message.startsWith(`${deployment}: `) || facts.message.startsWith(`${deployment} `)
    super(isNamed ? facts.message : `${deployment}: ${facts.message}`, facts.retryAfter, {
      hint: facts.hint ?? hint,
      details: {class: facts.class, status: facts.status, deployment, attempts},
    })
    this.code = code
    this.exitCode = exitCodes[facts.class] ?? ExitCode.notConfigured
    this.failure = facts.class
    this.httpStatus = facts.class === 'client' && isClientStatus(facts.status) ? facts.status : status
  }
}

/**
 * What a caller is told of each class. The key and the money are ours and not the caller's: 502. An overloaded provider
 * is no limit of the caller's: 503.
 */
const told: Readonly<Record<FailureClass, {readonly code: string; readonly status: number; readonly hint: string}>> = {
  client: {code: 'llm_rejected', status: 400, hint: 'change the request: no provider would take it as it is'},
  auth: {code: 'llm_denied', status: 502, hint: 'check the key of this deployment: `omni llm providers test`'},
  billing: {
    code: 'llm_billing',
    status: 502,
    hint: 'the account at the provider has no money left, or its limit is reached',
  },
  rate: {code: 'llm_rate_limited', status: 429, hint: 'wait a while, or add a deployment to the group'},
  overload: {code: 'llm_overloaded', status: 503, hint: 'try again later, or add a deployment of another provider'},
  context: {
    code: 'llm_context_exceeded',
    status: 400,
    hint: 'shorten the prompt, or set context_fallbacks of the group',
  },
  content: {
    code: 'llm_content_refused',
    status: 400,
    hint: 'a filter of the provider refused it; see content_fallbacks',
  },
  transient: {code: 'llm_unreachable', status: 502, hint: 'check the network and the address of this deployment'},
  cancelled: {code: 'cancelled', status: 499, hint: 'ask again'},
}

/** What is wrong with the request will be wrong again. */
const exitCodes: Partial<Record<FailureClass, ExitCode>> = {
  client: ExitCode.failure,
  context: ExitCode.failure,
  content: ExitCode.failure,
  auth: ExitCode.denied,
  cancelled: ExitCode.cancelled,
}

function isClientStatus(status: number | null): status is number {
  return status === 400 || status === 404 || status === 413 || status === 422
}

/** The answer broke off after it had begun: what came before is not the whole. */
export class InterruptedError extends OmniError {
  readonly code = 'llm_interrupted'
  readonly exitCode = ExitCode.failure
  readonly httpStatus = 502
}
