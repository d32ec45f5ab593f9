import type {Context} from '../operation/context.ts'
import type {Finding} from '../operation/plugin.ts'

/** Which embedding model would make vectors. Nothing is sent to it. */
export async function checkEmbeddingModel(context: Context): Promise<readonly Finding[]> {
  const model = await context.embeddings()
  if (model) return [{name: 'embedding model', status: 'ok', message: `${model.provider} ${model.model} is configured`}]
  return [
    {
      name: 'embedding model',
      status: 'off',
      message: 'none is configured: new collections are searched by words alone',
      fix: 'to search by meaning set RAG_EMBEDDING_MODEL',
    },
  ]
}
