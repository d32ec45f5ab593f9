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
        collection: z.string(),
        documents: z.int(),
        chunks: z.int(),
        bytes: z.int(),
        pending: z.int().describe('Documents of an interrupted ingest'),
        updated_at: z.iso.datetime().nullable(),
      }),
    ),
  }),
  cli: {rows: 'collections', examples: ['omni rag collections']},
  handler: () => import('../handlers/collections.ts'),
})
