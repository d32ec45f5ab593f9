/**
 * The exit codes of every omni command, as listed by `omni help exit-codes`.
 * 130 is 128 + SIGINT, the shell's convention for a cancelled process; 70 is EX_SOFTWARE of sysexits.h.
 */
export const ExitCode = {
  done: 0,
  failure: 1,
  usage: 2,
  partial: 3,
  denied: 4,
  notFound: 5,
  conflict: 6,
  gateFailed: 7,
  pending: 8,
  notConfigured: 9,
  bug: 70,
  cancelled: 130,
} as const

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** What a machine gets of an error: the body of `{"error": …}` on the command line and of a problem over HTTP. */
export interface ErrorReport {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly details?: unknown
}

export interface ErrorOptions {
  /** What to try next, as a sentence or a command, without the leading "Try:". */
  readonly hint?: string
  /** Structured facts for `--json`; never a secret. */
  readonly details?: unknown
  readonly cause?: unknown
}

/**
 * The base of every expected error. A subclass is defined where it arises and fixes the stable code, the exit code
 * and the HTTP status, so that callers match on the class or the code and never on the message.
 */
export abstract class OmniError extends Error {
  abstract readonly code: string
  abstract readonly exitCode: ExitCode
  abstract readonly httpStatus: number
  readonly hint: string | undefined
  readonly details: unknown

  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.name = new.target.name
    this.hint = options.hint
    this.details = options.details
  }

  /** The error as data, for `--json` and HTTP. */
  report(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : {hint: this.hint}),
      ...(this.details === undefined ? {} : {details: this.details}),
    }
  }
}

/** The caller's input does not fit the operation: a wrong flag, a missing argument, a value out of range. */
export class InvalidInputError extends OmniError {
  readonly code: string = 'invalid_input'
  readonly exitCode = ExitCode.usage
  readonly httpStatus = 422
}

/** Something that was named does not exist. */
export class NotFoundError extends OmniError {
  readonly code: string = 'not_found'
  readonly exitCode = ExitCode.notFound
  readonly httpStatus = 404
}

/** The request contradicts the present state; nothing was changed. */
export class ConflictError extends OmniError {
  readonly code: string = 'conflict'
  readonly exitCode = ExitCode.conflict
  readonly httpStatus = 409
}

/** The principal may not do this. */
export class DeniedError extends OmniError {
  readonly code: string = 'denied'
  readonly exitCode = ExitCode.denied
  readonly httpStatus = 403
}

/** A provider, server or setting that this needs is missing or cannot be reached. */
export class NotConfiguredError extends OmniError {
  readonly code: string = 'not_configured'
  readonly exitCode = ExitCode.notConfigured
  readonly httpStatus = 503
}

/** The work failed for a reason outside the program: a full disk, a refused connection, a broken file. */
export class FailureError extends OmniError {
  readonly code: string = 'failure'
  readonly exitCode = ExitCode.failure
  readonly httpStatus = 500
}

/** The caller cancelled. */
export class CancelledError extends OmniError {
  readonly code: string = 'cancelled'
  readonly exitCode = ExitCode.cancelled
  readonly httpStatus = 499

  constructor(message = 'Cancelled', options: ErrorOptions = {}) {
    super(message, options)
  }
}
