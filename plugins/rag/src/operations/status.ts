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
    index_directory: z.string().describe('Where the index is, on the machine that holds it'),
  }),
  cli: {chars: {collection: 'c'}, examples: ['omni rag status', 'omni rag status --collection manuals --json']},
  example: {collection: 'manuals'},
  handler: () => import('../handlers/status.ts'),
})
