import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, DocumentSummary} from './schemas.ts'

export const list = defineOperation({
  id: 'rag.list',
  summary: 'List the documents of a collection',
  http: {method: 'GET', path: '/api/v1/rag/documents'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({
    collection: collectionField,
    under: z.string().optional().describe('Only sources that begin with this'),
    expired: z
      .boolean()
      .default(false)
      .describe('Only those whose time is over and that nothing holds: what `rag expire` removes'),
    held: z.boolean().default(false).describe('Only those under a legal hold'),
    limit: z.int().min(1).max(1000).default(100).describe('How many at most'),
    cursor: z.string().optional().describe('Go on where an earlier list ended (its `next`)'),
  }),
  output: z.object({
    items: z.array(DocumentSummary).describe('By source'),
    next: z.string().nullable().describe('The `cursor` of the next page; null after the last'),
  }),
  cli: {
    chars: {collection: 'c'},
    rows: 'items',
    columns: ['source', 'title', 'language', 'chunks', 'bytes', 'state', 'acl', 'retain_until', 'ingested_at'],
    examples: ['omni rag list', 'omni rag list --expired', 'omni rag list --under docs/ --limit 1000 -o csv'],
  },
  example: {under: 'docs/', limit: 20},
  handler: () => import('../handlers/list.ts'),
})
