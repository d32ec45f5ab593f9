import {ExitCode, OmniError} from '@omni-ops/core/operation'

/** What a client asked for is not what its API takes, or not what this gateway can do. */
abstract class RequestError extends OmniError {
  readonly exitCode = ExitCode.usage
  readonly httpStatus = 400
  /** Which part of the body it is about, as `messages[0].content`; null for all of it. */
  readonly parameter: string | null

  constructor(message: string, parameter: string | null, hint?: string) {
    const named = parameter === null ? null : cut(parameter, 200)
    super(cut(message, 500), {...(hint === undefined ? {} : {hint}), details: {parameter: named}})
    this.parameter = named
  }
}

/** What a client sent is repeated as far as it tells them what is wrong. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`
}

/** A value that the API does not have. */
export class InvalidRequestError extends RequestError {
  readonly code = 'invalid_request'
}

/** A parameter that neither the API nor the gateway knows: a misspelled one would otherwise do nothing. */
export class UnknownParameterError extends RequestError {
  readonly code = 'unknown_parameter'
}

/** A parameter of the API that would change the answer, and that the gateway cannot obey. */
export class UnsupportedParameterError extends RequestError {
  readonly code = 'unsupported_parameter'
}
