import {type Context, type Finding, OmniError} from '@omni-ops/core/operation'
import {pineconeService, weaviateService} from './vector-service.ts'

/** Whether the service that new collections are kept in answers, takes the key and has what is needed. */
export async function checkVectorService(context: Context): Promise<readonly Finding[]> {
  const chosen = context.settings.get('rag.vector_db')
  const name = 'rag vector database'
  if (chosen !== 'pinecone' && chosen !== 'weaviate') return []
  try {
    const message = chosen === 'pinecone' ? await seePinecone(context) : await seeWeaviate(context)
    return [{name, status: 'ok', message}]
  } catch (error) {
    if (!(error instanceof OmniError)) throw error
    return [{name, status: 'problem', message: error.message, ...(error.hint === undefined ? {} : {fix: error.hint})}]
  }
}

async function seePinecone(context: Context): Promise<string> {
  const service = await pineconeService(context)
  await service.host(undefined)
  return `Pinecone takes the key and has the index ${service.indexName(undefined)}`
}

async function seeWeaviate(context: Context): Promise<string> {
  const service = await weaviateService(context)
  const version = await service.version()
  await service.searchable()
  return `Weaviate ${version} takes the key and answers searches`
}
