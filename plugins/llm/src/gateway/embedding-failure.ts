import {
  LanguageModelDeniedError,
  LanguageModelInterruptedError,
  LanguageModelOverloadedError,
  LanguageModelRateLimitedError,
  LanguageModelRejectedError,
  LanguageModelUnreachableError,
} from '@omni-ops/core/llm'
import {OmniError} from '@omni-ops/core/operation'
import type {FailureClass} from '../model/provider-failure.ts'
import {ProviderError} from '../routing/errors.ts'

const classes = [
  [LanguageModelDeniedError, 'auth'],
  [LanguageModelRateLimitedError, 'rate'],
  [LanguageModelOverloadedError, 'overload'],
  [LanguageModelUnreachableError, 'transient'],
  [LanguageModelInterruptedError, 'transient'],
  [LanguageModelRejectedError, 'client'],
] as const satisfies readonly (readonly [abstract new (...args: never[]) => Error, FailureClass])[]

/**
 * What a provider of vectors did, as it is told of a provider of texts: to the kernel's own commands a key that is not
 * accepted is theirs to mend, to the gateway's caller it is a fault behind it.
 */
export function embeddingFailure(error: unknown): unknown {
  const found = classes.find(([type]) => error instanceof type)
  if (found === undefined || !(error instanceof OmniError)) return error
  const {provider = 'embeddings', status = null} = (error.report().details ?? {}) as {
    provider?: string
    status?: number
  }
  const facts = {
    class: found[1],
    status,
    retryAfter: null,
    shouldRetry: null,
    mayHaveRun: false,
    message: error.message,
  }
  return new ProviderError(facts, provider, [])
}
