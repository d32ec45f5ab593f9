import {EmbeddingNotConfiguredError, embeddingProviders} from '@omni-ops/core/llm'
import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import {describeModel} from '../collection/embedding.ts'
import {reembed as reembedCollection} from '../collection/reembed.ts'
import type {reembed} from '../operations/reembed.ts'

export const handle: Handler<typeof reembed> = async ({collection, model: name}, context) => {
  const model = await context.embeddings(name)
  if (!model) {
    throw new EmbeddingNotConfiguredError('No embedding model is configured', {
      hint: `set RAG_EMBEDDING_MODEL=${embeddingProviders.join('|')}`,
    })
  }
  const opened = await Collection.open(collection, context)
  const {embedding, documents, passages, before} = await reembedCollection(opened, model, context)
  const configured = await context.embeddings()
  if (configured?.model !== embedding.model) {
    context.emit({
      type: 'note',
      level: 'warn',
      message: `The settings choose ${configured?.model}; searches of "${collection}" need ${describeModel(embedding)}`,
    })
  }
  return {collection, ...embedding, documents, passages, before: before ? describeModel(before) : null}
}
