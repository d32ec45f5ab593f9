import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const collections = defineOperation({
  id: 'rag.collections',
  summary: 'List the collections of documents',
  http: {method: 'GET', path: '/api/v1/rag/collections'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    collections: z.array(
      z.object({
        collection: z.string().describe('Its name'),
        documents: z.int().describe('How many documents it has'),
        chunks: z.int().describe('How many passages they have'),
        bytes: z.int().describe('Size of the raw content'),
        pending: z.int().describe('Documents of an interrupted ingest'),
        updated_at: z.iso.datetime().nullable().describe('When a document was last read'),
      }),
    ),
  }),
  cli: {rows: 'collections', examples: ['omni rag collections']},
  handler: () => import('../handlers/collections.ts'),
})
