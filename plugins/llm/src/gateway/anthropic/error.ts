import type {Problem} from '@omni-ops/core/server'

/** Of https://docs.claude.com/en/api/errors, by status. */
const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
}

/** The SDK has it as `_request_id` of an answer (https://docs.claude.com/en/api/errors#request-id). */
export const anthropicRequestId = 'request-id'

/** An error as Anthropic's API shows it: `{type: 'error', error: {type, message}, request_id}`. */
export function anthropicError(problem: Problem) {
  const {status, detail, hint} = problem
  return {
    type: 'error' as const,
    error: {
      type: types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error'),
      message: hint === undefined ? detail : `${detail}. ${hint.charAt(0).toUpperCase()}${hint.slice(1)}`,
      ...(isAboutThread(problem) ? {details: threadUnsupported} : {}),
    },
    request_id: problem.request_id,
  }
}

/** By this the SDK knows that it has to send a conversation whole, and goes on by itself (`BetaMessageThread`). */
const threadUnsupported = {error_code: 'thread_unsupported_request', unsupported: ['thread']}

function isAboutThread({details}: Problem): boolean {
  return (details as {parameter?: unknown} | undefined)?.parameter === 'thread'
}
