import {defineEvent} from '@omni-ops/core/operation'
import * as z from 'zod'

const collection = z.string().describe('The name of the collection')
const documents = z.int().describe('How many documents')
const scopes = ['rag:read']

export const documentsIngested = defineEvent({
  name: 'rag.documents.ingested',
  summary: 'Documents were added or changed and can be found; a large ingest tells it batch by batch',
  scopes,
  payload: z.object({collection, documents}),
  example: {collection: 'default', documents: 12},
})

export const documentsRemoved = defineEvent({
  name: 'rag.documents.removed',
  summary: 'Documents were removed from a collection',
  scopes,
  payload: z.object({collection, documents}),
  example: {collection: 'default', documents: 1},
})

export const collectionRemoved = defineEvent({
  name: 'rag.collection.removed',
  summary: 'A collection was removed with all its documents',
  scopes,
  payload: z.object({collection, documents}),
  example: {collection: 'default', documents: 12},
})

export const collectionMigrated = defineEvent({
  name: 'rag.collection.migrated',
  summary: 'A collection lies in another vector database from now on',
  scopes,
  payload: z.object({collection, documents, from: z.string(), to: z.string()}),
  example: {collection: 'default', documents: 12, from: 'lancedb', to: 'pgvector'},
})

export const collectionReembedded = defineEvent({
  name: 'rag.collection.reembedded',
  summary: "A collection's vectors are of another model from now on",
  scopes,
  payload: z.object({collection, documents, provider: z.string(), model: z.string()}),
  example: {collection: 'default', documents: 12, provider: 'openai', model: 'text-embedding-3-small'},
})

export const events = [
  documentsIngested,
  documentsRemoved,
  collectionRemoved,
  collectionMigrated,
  collectionReembedded,
] as const
