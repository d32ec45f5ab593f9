import {ExitCode, InvalidInputError, NotFoundError, OmniError} from '@omni-ops/core/operation'

/** No wording was ever written down for a purpose, so that nobody can say what was consented to. */
export class WordingNotFoundError extends NotFoundError {
  override readonly code = 'wording_not_found'
}

/** A child's consent, and nobody who may give it for the child (GDPR, article 8(1)). */
export class GuardianNeededError extends OmniError {
  readonly code = 'guardian_needed'
  readonly exitCode = ExitCode.gateFailed
  readonly httpStatus = 422
}

/** Something is said to have happened at a time that has not come yet. */
export class FutureTimeError extends InvalidInputError {
  override readonly code = 'future_time'
}
