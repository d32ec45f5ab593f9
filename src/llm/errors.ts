import {DeniedError, FailureError, NotConfiguredError} from '../operation/errors.ts'

/** The provider did not accept the key, or the key may not use the model. */
export class LanguageModelDeniedError extends DeniedError {
  override readonly code = 'llm_denied'
}

/** The provider takes no more requests from this account for now. */
export class LanguageModelRateLimitedError extends NotConfiguredError {
  override readonly code = 'llm_rate_limited'
}

/** The provider fails or is overloaded. */
export class LanguageModelOverloadedError extends NotConfiguredError {
  override readonly code = 'llm_overloaded'
}

/** No connection to the provider, or no answer in time. */
export class LanguageModelUnreachableError extends NotConfiguredError {
  override readonly code = 'llm_unreachable'
}

/** The provider does not know the model or does not take the request as it is. */
export class LanguageModelRejectedError extends FailureError {
  override readonly code = 'llm_rejected'
}

/** The answer broke off or was not what the protocol says; what was streamed before is not the whole. */
export class LanguageModelInterruptedError extends FailureError {
  override readonly code = 'llm_interrupted'
}

/** What went wrong, in terms that the three SDKs have in common. */
export type ProviderFault =
  | {readonly kind: 'status'; readonly status: number; readonly message: string}
  | {readonly kind: 'unreachable'; readonly message: string}
  | {readonly kind: 'interrupted'; readonly message: string}

/** Longer messages of a provider are cut: they are for a person to read. */
const LONGEST_MESSAGE = 300

/**
 * The error for a fault. Nothing of the SDK's own error is kept as cause, and no message of a provider is repeated
 * where it talks about keys, since providers echo parts of them.
 *
 * @param secrets Texts which never appear in the error.
 */
export function errorOf(provider: string, model: string, fault: ProviderFault, secrets: readonly string[]): Error {
  const said = redacted(fault.message, secrets)
  if (fault.kind === 'unreachable') {
    return new LanguageModelUnreachableError(`${provider} cannot be reached: ${said}`, {
      hint: 'check the network and the address; `--lexical` searches without vectors',
    })
  }
  if (fault.kind === 'interrupted') {
    return new LanguageModelInterruptedError(`The answer of ${provider} broke off: ${said}`, {
      hint: 'run it again: what was embedded is kept',
    })
  }
  return errorOfStatus(provider, model, fault.status, said)
}

function errorOfStatus(provider: string, model: string, status: number, said: string): Error {
  const details = {provider, model, status}
  if (status === 401 || status === 403) {
    return new LanguageModelDeniedError(`${provider} did not accept the key for ${model} (HTTP ${status})`, {
      hint: `check the key of ${provider} and what it may use`,
      details,
    })
  }
  if (status === 429) {
    return new LanguageModelRateLimitedError(`${provider} takes no more requests for now (HTTP 429): ${said}`, {
      hint: 'wait a while, or see the limits of the account',
      details,
    })
  }
  if (status === 404) {
    return new LanguageModelRejectedError(`${provider} does not know the model ${model} (HTTP 404): ${said}`, {
      hint:
        provider === 'ollama'
          ? `ollama pull ${model}, or set the embedding model`
          : 'set the embedding model to one that it has',
      details,
    })
  }
  if (status === 408 || status >= 500) {
    return new LanguageModelOverloadedError(`${provider} fails or is overloaded (HTTP ${status}): ${said}`, {
      hint: 'try again later',
      details,
    })
  }
  return new LanguageModelRejectedError(`${provider} rejected the request (HTTP ${status}): ${said}`, {details})
}

/**
 * A provider's message without what looks like a key, on one line, cut to a length for a person to read.
 *
 * @param secrets Texts which never appear in it.
 */
export function redacted(message: string, secrets: readonly string[]): string {
  let safe = message
  for (const secret of secrets) if (secret !== '') safe = safe.replaceAll(secret, '…')
  safe = safe
    .replaceAll(/\b(?:sk|key)-[\w*.-]{4,}/g, '…')
    // Keys of Google and Amazon.
    .replaceAll(/\b(?:AIza[\w-]{20,}|A(?:KIA|SIA)[A-Z0-9]{12,})/g, '…')
    .replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 …')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return safe.length > LONGEST_MESSAGE ? `${safe.slice(0, LONGEST_MESSAGE)}…` : safe
}
