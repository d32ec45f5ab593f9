import type {Problem} from '@omni-ops/core/server'

/** Codes by which clients of OpenAI's know what happened, where the gateway's own has another name. */
const codes: Readonly<Record<string, string>> = {
  unauthenticated: 'invalid_api_key',
  llm_key_revoked: 'invalid_api_key',
  llm_unknown_model: 'model_not_found',
  llm_context_exceeded: 'context_length_exceeded',
  llm_content_refused: 'content_filter',
  llm_budget_exceeded: 'insufficient_quota',
  rate_limited: 'rate_limit_exceeded',
  llm_key_rate_exceeded: 'rate_limit_exceeded',
  llm_rate_limited: 'rate_limit_exceeded',
}

/**
 * An error as OpenAI's API shows it
 * (https://platform.openai.com/docs/guides/error-codes): `{error: {message, type, param, code}}`.
 */
export function openAiError(problem: Problem) {
  return {
    error: {
      message: problem.hint === undefined ? problem.detail : `${problem.detail}. ${capital(problem.hint)}`,
      type: typeOf(problem),
      param: parameterOf(problem),
      code: codes[problem.code] ?? problem.code,
    },
  }
}

function typeOf({code, status}: Problem): string {
  if (code === 'llm_budget_exceeded') return 'insufficient_quota'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}

/** Which parameter it was, where the error tells. */
function parameterOf({details}: Problem): string | null {
  const parameter = (details as {parameter?: unknown} | undefined)?.parameter
  return typeof parameter === 'string' ? parameter : null
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
