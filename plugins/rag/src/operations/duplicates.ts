import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField} from './schemas.ts'

export const duplicates = defineOperation({
  id: 'rag.duplicates',
  summary: 'List documents that are nearly the same',
  description: 'By SimHash: documents whose 64-bit fingerprints differ in at most three bits, in groups.',
  http: {method: 'GET', path: '/api/v1/rag/duplicates'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({
    collection: collectionField,
    limit: z.int().min(1).max(1000).default(100).describe('How many groups at most, the largest first'),
  }),
  output: z.object({
    collection: z.string(),
    groups: z.array(
      z.object({
        similarity: z.number().describe('The share of the fingerprint’s bits that those least alike have in common'),
        documents: z.int(),
        sources: z.array(z.string()),
      }),
    ),
    count: z.int().describe('Groups in all'),
  }),
  cli: {
    chars: {collection: 'c'},
    rows: 'groups',
    columns: ['similarity', 'documents', 'sources'],
    examples: ['omni rag duplicates', 'omni rag duplicates --collection manuals --json'],
  },
  handler: () => import('../handlers/duplicates.ts'),
})
