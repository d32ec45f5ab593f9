import {
  DeniedError,
  type ErrorOptions,
  type ErrorReport,
  ExitCode,
  FailureError,
  InvalidInputError,
  NotConfiguredError,
  OmniError,
} from '../operation/errors.ts'

/** No connection to the deployment, or no sign of life from it in time. */
export class DeploymentUnreachableError extends NotConfiguredError {
  override readonly code = 'deployment_unreachable'
}

/** The connection broke after the answer had begun; whether the work was done is not known. */
export class DeploymentInterruptedError extends FailureError {
  override readonly code = 'deployment_interrupted'
}

/** What answered is no omni deployment, or one whose answers this program does not understand. */
export class NotADeploymentError extends FailureError {
  override readonly code = 'not_a_deployment'
}

/** The profile names a deployment without the key it asks for, or would send one over an open connection. */
export class DeploymentKeyError extends DeniedError {
  override readonly code = 'deployment_key'
}

/** The command works on the data of this machine alone, and the profile's data is elsewhere. */
export class LocalDataError extends InvalidInputError {
  override readonly code = 'local_data_only'
}

/** An error that arose over there: the same code, message, hint, details and exit code as if it had arisen here. */
export class DeploymentError extends OmniError {
  override readonly code: string
  override readonly exitCode: ExitCode
  override readonly httpStatus: number

  constructor({code, message, ...options}: ErrorReport, exitCode: ExitCode, httpStatus: number) {
    super(message, options satisfies ErrorOptions)
    this.code = code
    this.exitCode = exitCode
    this.httpStatus = httpStatus
  }
}

/** The members of a problem (RFC 9457, section 3) that this client reads; the others are left alone. */
export interface Problem {
  readonly title?: unknown
  readonly detail?: unknown
  readonly code?: unknown
  readonly hint?: unknown
  readonly details?: unknown
  readonly exit_code?: unknown
  readonly request_id?: unknown
}

/** Whatever a deployment says: an error is never done. */
const exitCodes: ReadonlySet<unknown> = new Set(Object.values(ExitCode).filter(code => code !== ExitCode.done))

/** The error that a problem tells of; undefined where it is not one of an omni deployment. */
export function errorOfProblem(problem: unknown, status: number): DeploymentError | undefined {
  if (typeof problem !== 'object' || problem === null) return undefined
  const {code, detail, title, hint, details, exit_code: exitCode} = problem as Problem
  if (typeof code !== 'string') return undefined
  const message = [detail, title].find(text => typeof text === 'string') ?? `HTTP ${status}`
  return new DeploymentError(
    {
      code,
      message: message as string,
      ...(typeof hint === 'string' ? {hint} : {}),
      ...(details === undefined ? {} : {details}),
    },
    exitCodes.has(exitCode) ? (exitCode as ExitCode) : ExitCode.failure,
    status,
  )
}
