import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, vectorDatabaseField} from './schemas.ts'

export const status = defineOperation({
  id: 'rag.status',
  summary: 'Tell what a collection holds and whether it is ready',
  http: {method: 'GET', path: '/api/v1/rag/status'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({collection: collectionField}),
  output: z.object({
    collection: z.string().describe('Its name'),
    documents: z.int().describe('How many documents it has'),
    pending: z.int().describe('Documents of an interrupted ingest; the next ingest finishes them'),
    chunks: z.int().describe('How many passages they have'),
    bytes: z.int().describe('Size of the raw content'),
    languages: z.record(z.string(), z.int()).describe('Documents by ISO 639-1 code'),
    media_types: z.record(z.string(), z.int()).describe('Documents by media type'),
    updated_at: z.iso.datetime().nullable().describe('When a document was last read'),
    answers: z.enum(['extract', 'generated']).describe('How `omni rag query` answers as configured'),
    model: z.string().nullable().describe('Provider and model that write answers; null for extracts'),
    embedding: z
      .object({
        provider: z.string().describe('Who makes them'),
        model: z.string().describe('The provider’s model'),
        dimension: z.int().describe('How many numbers a vector has'),
      })
      .nullable()
      .describe('The model of the passages’ vectors; null where they are found by words alone'),
    reembedding: z.string().nullable().describe('The model of a re-embedding that was begun and not finished'),
    weights: z.record(z.string(), z.number()).nullable().describe('As `omni rag tune` found them'),
    usage: z
      .array(
        z.object({
          provider: z.string().describe('Who was asked'),
          model: z.string().describe('The provider’s model'),
          kind: z.string().describe('embedding.document, embedding.query or context'),
          requests: z.int().describe('How many requests were answered'),
          input_tokens: z.int().describe('Tokens, of the requests where the provider counted them'),
          cost_usd: z.number().describe('By the price list of @pydantic/genai-prices'),
          unpriced_requests: z.int().describe('Requests without a known price; they are not in the cost'),
        }),
      )
      .describe('What the tenant’s embeddings and contexts of passages have used so far, over all collections'),
    vector_db: vectorDatabaseField.describe('Which database has its passages'),
    index_directory: z
      .string()
      .nullable()
      .describe(
        'Where the index is: a directory of the machine that holds it or a prefix of an object store; null where a server or a service has it, and for callers without the scope doctor:read',
      ),
  }),
  cli: {chars: {collection: 'c'}, examples: ['omni rag status', 'omni rag status --collection manuals --json']},
  example: {collection: 'manuals'},
  handler: () => import('../handlers/status.ts'),
})
