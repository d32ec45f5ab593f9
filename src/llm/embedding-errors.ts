import {FailureError, NotConfiguredError} from '../operation/errors.ts'

/** The settings choose an embedding model that lacks its key, server or library. */
export class EmbeddingNotConfiguredError extends NotConfiguredError {
  override readonly code = 'embedding_not_configured'
}

/** The provider answered with something that cannot be the vectors of what was sent. */
export class EmbeddingInvalidError extends FailureError {
  override readonly code = 'embedding_invalid'
}
