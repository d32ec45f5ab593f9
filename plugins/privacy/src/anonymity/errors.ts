import {ConflictError, ExitCode, InvalidInputError, OmniError} from '@omni-ops/core/operation'

/** A hierarchy is malformed, or does not cover the data. */
export class HierarchyError extends InvalidInputError {
  override readonly code = 'hierarchy_invalid'
}

/** The table does not have what was asked of it: a column, a row, a parsable value. */
export class TableError extends InvalidInputError {
  override readonly code = 'table_invalid'
}

/** The generalisation lattice is larger than an exhaustive search can promise to finish. */
export class LatticeTooLargeError extends ConflictError {
  override readonly code = 'lattice_too_large'
}

/** No transformation of the lattice satisfies the privacy models within the suppression limit. */
export class NotAnonymizableError extends OmniError {
  readonly code = 'not_anonymizable'
  readonly exitCode = ExitCode.gateFailed
  readonly httpStatus = 422
}

/** The source was written to between reading it for the search and reading it for publication. */
export class SourceChangedError extends ConflictError {
  override readonly code = 'source_changed'
}
