import {CancelledError, ExitCode, OmniError} from '../operation/errors.ts'

/** Problem details (RFC 9457) with omni's members: what the client needs to raise the same error again. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly hint?: string
  readonly details?: unknown
  readonly exit_code: number
  readonly request_id: string
}

export interface Refusal {
  readonly problem: Problem
  /** Nobody expected it: a bug of ours, to be logged with its stack. */
  readonly unexpected: boolean
}

/** The problem that an error is to the client. Of an unexpected one nothing is told but where to find it in the log. */
export function problemOf(error: unknown, requestId: string, aborted: boolean): Refusal {
  if (error instanceof OmniError) {
    const {code, message, hint, details} = error.report()
    return {
      unexpected: false,
      problem: {
        type: `urn:omni:problem:${code}`,
        title: titleOf(code),
        status: error.httpStatus,
        detail: message,
        code,
        ...(hint === undefined ? {} : {hint}),
        ...(details === undefined ? {} : {details}),
        exit_code: error.exitCode,
        request_id: requestId,
      },
    }
  }
  if (aborted) return problemOf(new CancelledError(), requestId, false)
  return {
    unexpected: true,
    problem: {
      type: 'urn:omni:problem:bug',
      title: 'Bug',
      status: 500,
      detail: 'omni has a bug',
      code: 'bug',
      hint: `report it with what the server logged for request ${requestId}`,
      exit_code: ExitCode.bug,
      request_id: requestId,
    },
  }
}

/** The code in words: RFC 9457 asks for a title that is the same for every occurrence of a type. */
function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
