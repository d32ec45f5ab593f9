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

/** An error as Anthropic's API shows it: `{type: 'error', error: {type, message}, request_id}`. */
export function anthropicError(problem: Problem) {
  const {status, detail, hint} = problem
  return {
    type: 'error' as const,
    error: {
      type: types[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error'),
      message: hint === undefined ? detail : `${detail}. ${hint.charAt(0).toUpperCase()}${hint.slice(1)}`,
    },
    request_id: problem.request_id,
  }
}
