import {DeniedError, FailureError, InvalidInputError, NotConfiguredError, NotFoundError} from '@omni-ops/core/operation'

/** The file or directory of data is not there. */
export class DataNotFoundError extends NotFoundError {
  override readonly code = 'data_not_found'
}

/** The data is there and cannot be read as what it says it is. */
export class UnreadableDataError extends InvalidInputError {
  override readonly code = 'unreadable_data'
}

/** A query on the data failed, such as for want of memory. */
export class DataQueryError extends FailureError {
  override readonly code = 'data_query_failed'
}

/** Nothing tells which data to show. */
export class NoDataSourceError extends NotConfiguredError {
  override readonly code = 'no_data_source'
}

/** A source of the settings that this tenant does not have. */
export class UnknownSourceError extends NotFoundError {
  override readonly code = 'unknown_data_source'
}

/** A server of data cannot be reached, or does not let us in. */
export class DataUnavailableError extends NotConfiguredError {
  override readonly code = 'data_unavailable'
}

/** The server lets us in and not at these data. */
export class DataDeniedError extends DeniedError {
  override readonly code = 'data_denied'
}
