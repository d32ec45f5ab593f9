/** Whether a text is to be found or to find with: many models were trained on the two apart. */
export type EmbeddingKind = 'document' | 'query'

export interface EmbeddingUsage {
  /** As the provider counts them; null where it does not say. */
  readonly inputTokens: number | null
}

/** What one request to the provider brought. */
export interface EmbeddedBatch {
  /** Where the texts stand in what was asked for. */
  readonly positions: readonly number[]
  readonly vectors: readonly Float32Array[]
  readonly usage: EmbeddingUsage
}

export interface EmbeddingRequest {
  readonly kind: EmbeddingKind
  readonly signal?: AbortSignal | undefined
  /**
   * The caller keeps the vectors, and answers for the texts: they go out whole, so that one that is too long is refused
   * rather than cut, and nothing is remembered of them.
   */
  readonly isPassedOn?: boolean
  /**
   * Called after each request that the provider answered, one at a time, so that what was paid for can be kept before
   * anything else fails. If it throws, `embed` throws that.
   */
  readonly onBatch?: (batch: EmbeddedBatch) => Promise<void>
}

export interface Embeddings {
  /** One for each text, in order, all of one length, each of unit Euclidean length. */
  readonly vectors: readonly Float32Array[]
  readonly usage: EmbeddingUsage
}

/** Turns text into vectors whose cosine tells how alike two texts are. Nothing is loaded or sent before `embed`. */
export interface EmbeddingModel {
  /** `openai`, `cohere`, `ollama`, `huggingface`, `sentence-transformers`. */
  readonly provider: string
  readonly model: string
  /** Set where the settings ask for vectors shorter than the model's own. */
  readonly dimension?: number | undefined
  /** The provider's protocol spoken by a server of the user's own: the provider's prices say nothing of it. */
  readonly isOwnServer?: boolean | undefined
  /**
   * @throws LanguageModelDeniedError, LanguageModelRateLimitedError, LanguageModelOverloadedError,
   * LanguageModelUnreachableError, LanguageModelRejectedError, LanguageModelInterruptedError where the provider keeps
   * failing; EmbeddingInvalidError where it answers with vectors that cannot be right; EmbeddingNotConfiguredError;
   * CancelledError when the signal aborts. None of them holds a key.
   */
  embed(texts: readonly string[], request: EmbeddingRequest): Promise<Embeddings>
}
