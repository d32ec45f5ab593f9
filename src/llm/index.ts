export {DEFAULT_MODELS} from './default-models.ts'
export {batchedEmbeddings, DEFAULT_RETRY, type RetryOptions} from './batched-embeddings.ts'
export {
  type AdapterAnswer,
  type EmbeddingAdapter,
  type EmbeddingFault,
  type EmbeddingLimits,
  retryAfterOf,
} from './embedding-adapter.ts'
export * from './embedding-errors.ts'
export type * from './embedding-model.ts'
export {
  DEFAULT_EMBEDDING_MODELS,
  embeddingModelFrom,
  embedsOnThisMachine,
  type EmbeddingModelOptions,
  type EmbeddingSurroundings,
  openEmbeddingModel,
} from './embedding-model-from.ts'
export {type EmbeddingProvider, embeddingProviders} from './embedding-provider.ts'
export * from './errors.ts'
export {type GenerationUse, writeGenerationUse} from './generation-usage.ts'
export type * from './language-model.ts'
export * from './metered-call.ts'
export {embeddingCost} from './model-price.ts'
export {
  embeddingKey,
  forgetEmbeddings,
  recordedEmbeddings,
  type UsageTotal,
  usageTotals,
} from './recorded-embeddings.ts'
export {
  INSTALL_TRANSFORMERS,
  loadTransformers,
  localModelDirectory,
  openPipeline,
  TRANSFORMERS,
} from './transformers-library.ts'
