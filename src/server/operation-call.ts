import type {OperationEvent} from '../operation/context.ts'
import {type ErrorReport, ExitCode, OmniError} from '../operation/errors.ts'
import {InputMismatchError} from '../operation/invoke.ts'
import type {Operation} from '../operation/operation.ts'
import {inputSchema} from './json-schema.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly emit?: (event: OperationEvent) => void
}

/** Calls an operation for whoever sent a request: in their tenant, with their scopes. Throws what `invoke` throws. */
export type OperationCall = (
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  options?: CallOptions,
) => Promise<unknown>

/** What a caller is told of an error, and how it would end a command. */
export interface CallFailure extends ErrorReport {
  readonly status: number
  readonly exit_code: ExitCode
}

/** An error as data. Of a bug nothing is told but that it is one: its text may hold what the caller may not see. */
export function failureOf(error: unknown): CallFailure {
  if (error instanceof OmniError) {
    return {...error.report(), status: error.httpStatus, exit_code: error.exitCode}
  }
  return {code: 'bug', message: 'omni has a bug', status: 500, exit_code: ExitCode.bug}
}

/** Throws InputMismatchError for fields that the operation does not have: a misspelt one is never ignored. */
export function refuseUnknownFields(operation: Operation, input: Readonly<Record<string, unknown>>): void {
  const fields = inputSchema(operation).properties ?? {}
  const problems = Object.keys(input)
    .filter(name => !Object.hasOwn(fields, name))
    .map(path => ({path, message: 'is not a field of this operation'}))
  if (problems.length > 0) throw new InputMismatchError(operation.id, problems)
}
