import {ConflictError, ExitCode, InvalidInputError, NotFoundError, OmniError} from '@omni-ops/core/operation'

/** A parameter of a private release is out of range, or two contradict each other. */
export class PrivacyParameterError extends InvalidInputError {
  override readonly code = 'privacy_parameter'
}

/** The question would cost more than the budget has left. Nothing was debited and nothing answered. */
export class BudgetExhaustedError extends OmniError {
  readonly code = 'privacy_budget_exhausted'
  readonly exitCode = ExitCode.gateFailed
  readonly httpStatus = 403
}

export class BudgetNotFoundError extends NotFoundError {
  override readonly code = 'privacy_budget_not_found'
}

export class BudgetExistsError extends ConflictError {
  override readonly code = 'privacy_budget_exists'
}
