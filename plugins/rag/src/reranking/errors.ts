import {DeniedError, NotConfiguredError} from '@omni-ops/core/operation'

const hint = '`--rerank linear` needs no provider'

/** The reranker cannot be reached, is overloaded, or gives what is no order. */
export class RerankFailedError extends NotConfiguredError {
  override readonly code = 'rag_rerank_failed'

  constructor(message: string, options: {readonly cause?: unknown} = {}) {
    super(message, {hint, ...options})
  }
}

/** The reranker did not accept the key. */
export class RerankDeniedError extends DeniedError {
  override readonly code = 'rag_rerank_denied'
}

/** The reranker that was chosen has no key or no model. */
export class RerankerNotConfiguredError extends NotConfiguredError {
  override readonly code = 'rag_reranker_not_configured'
}
