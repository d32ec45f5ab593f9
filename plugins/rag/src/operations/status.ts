import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField} from './schemas.ts'

export const status = defineOperation({
  id: 'rag.status',
  summary: 'Tell what a collection holds and whether it is ready',
  http: {method: 'GET', path: '/api/v1/rag/status'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({collection: collectionField}),
  output: z.object({
    collection: z.string(),
    documents: z.int(),
    pending: z.int().describe('Documents of an interrupted ingest; the next ingest finishes them'),
    chunks: z.int(),
    bytes: z.int(),
    languages: z.record(z.string(), z.int()).describe('Documents by ISO 639-1 code'),
    media_types: z.record(z.string(), z.int()),
    updated_at: z.iso.datetime().nullable(),
    answers: z.enum(['extract', 'generated']).describe('How `omni rag query` answers as configured'),
    model: z.string().nullable(),
    embedding: z
      .object({provider: z.string(), model: z.string(), dimension: z.int()})
      .nullable()
      .describe('The model of the passages’ vectors; null where they are found by words alone'),
    reembedding: z.string().nullable().describe('The model of a re-embedding that was begun and not finished'),
    weights: z.record(z.string(), z.number()).nullable().describe('As `omni rag tune` found them'),
    usage: z
      .array(
        z.object({
          provider: z.string(),
          model: z.string(),
          kind: z.string(),
          requests: z.int(),
          input_tokens: z.int(),
          cost_usd: z.number(),
          unpriced_requests: z.int().describe('Requests without a known price; they are not in the cost'),
        }),
      )
      .describe('What the tenant’s embeddings have used so far, over all collections'),
    index_directory: z.string(),
  }),
  cli: {chars: {collection: 'c'}, examples: ['omni rag status', 'omni rag status --collection manuals --json']},
  handler: () => import('../handlers/status.ts'),
})
