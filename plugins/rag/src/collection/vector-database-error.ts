import {NotConfiguredError} from '@omni-ops/core/operation'

/** The settings name no database that passages could be kept in. */
export class VectorDatabaseNotConfiguredError extends NotConfiguredError {
  override readonly code = 'rag_vector_db_not_configured'
}
