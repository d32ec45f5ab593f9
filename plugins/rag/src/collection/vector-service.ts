import type {Context} from '@omni-ops/core/operation'
import type {PineconeService} from '../stores/pinecone/pinecone-service.ts'
import type {WeaviateService} from '../stores/weaviate/weaviate-service.ts'
import {VectorDatabaseNotConfiguredError} from './vector-database-error.ts'

/**
 * The Pinecone project that the settings name.
 * @throws VectorDatabaseNotConfiguredError where there is no key.
 */
export async function pineconeService({settings, signal}: Context): Promise<PineconeService> {
  const apiKey = settings.get('rag.pinecone_api_key') as string | undefined
  if (apiKey === undefined) {
    throw new VectorDatabaseNotConfiguredError('There is no key for Pinecone', {
      hint: 'Set PINECONE_API_KEY to a key of the project: https://app.pinecone.io → API keys',
    })
  }
  const {PineconeService: Service} = await import('../stores/pinecone/pinecone-service.ts')
  return new Service({
    apiKey,
    environment: settings.get('rag.pinecone_environment') as string | undefined,
    prefix: settings.get('rag.pinecone_index') as string,
    url: settings.get('rag.pinecone_url') as string | undefined,
    signal,
  })
}

/**
 * The Weaviate server that the settings name.
 * @throws VectorDatabaseNotConfiguredError where there is none.
 */
export async function weaviateService({settings, signal}: Context): Promise<WeaviateService> {
  const url = settings.get('rag.weaviate_url') as string | undefined
  if (url === undefined) {
    throw new VectorDatabaseNotConfiguredError('There is no address of a Weaviate server', {
      hint: 'Set WEAVIATE_URL to where it listens, for example http://localhost:8080',
    })
  }
  const {WeaviateService: Service} = await import('../stores/weaviate/weaviate-service.ts')
  return new Service({url, apiKey: settings.get('rag.weaviate_api_key') as string | undefined, signal})
}
