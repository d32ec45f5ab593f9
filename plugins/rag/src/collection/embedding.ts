import type {EmbeddingModel} from '@omni-ops/core/llm'
import {ConflictError, type Context, NotConfiguredError} from '@omni-ops/core/operation'
import {type SearchedParts, searchedTexts} from '../index/chunk-index.ts'
import type {EmbeddingIdentity} from './tables.ts'

/** The collection's vectors are of another model than the settings choose. */
export class EmbeddingMismatchError extends ConflictError {
  override readonly code = 'rag_embedding_mismatch'
}

/** The collection has vectors, and the settings choose no model to make a query's with. */
export class EmbeddingMissingError extends NotConfiguredError {
  override readonly code = 'rag_embedding_missing'
}

/** `provider/model`, as a person reads it. */
export function describeModel({provider, model}: {readonly provider: string; readonly model: string}): string {
  return `${provider} ${model}`
}

/**
 * The model that a collection's vectors are of, as the settings choose it.
 * @throws EmbeddingMissingError, EmbeddingMismatchError
 */
export async function modelOf(
  identity: EmbeddingIdentity,
  collection: string,
  context: Pick<Context, 'embeddings'>,
): Promise<EmbeddingModel> {
  const model = await context.embeddings()
  if (model === undefined) {
    throw new EmbeddingMissingError(
      `The collection "${collection}" was embedded with ${describeModel(identity)}, and no embedding model is configured`,
      {hint: `set RAG_EMBEDDING_MODEL=${identity.provider} and its model, or search with --lexical`},
    )
  }
  assertSame(identity, model, collection, model.dimension)
  return model
}

/** @throws EmbeddingMismatchError where a model, or the length of its vectors, is not the collection's. */
export function assertSame(
  identity: EmbeddingIdentity,
  model: Pick<EmbeddingModel, 'provider' | 'model'>,
  collection: string,
  dimension: number | undefined,
): void {
  const isSame = identity.provider === model.provider && identity.model === model.model
  if (isSame && (dimension === undefined || dimension === identity.dimension)) return
  const chosen = `${describeModel(model)}${dimension === undefined ? '' : ` (${dimension} numbers)`}`
  throw new EmbeddingMismatchError(
    `The collection "${collection}" was embedded with ${describeModel(identity)} (${identity.dimension} numbers), the settings choose ${chosen}`,
    {
      hint: `omni rag reembed --collection ${collection}, or set the model back; --lexical searches without vectors`,
      details: {collection, embedded_with: identity, configured: {provider: model.provider, model: model.model}},
    },
  )
}

/** What is embedded of a passage: where it stands (title, headings, the header of its table) and its text. */
export function embeddedText(passage: SearchedParts): string {
  const {context, body} = searchedTexts(passage)
  return context === '' ? body : `${context}\n\n${body}`
}
