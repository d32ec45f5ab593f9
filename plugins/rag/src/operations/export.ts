import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, Passage} from './schemas.ts'

export const exportPassages = defineOperation({
  id: 'rag.export',
  summary: 'Write every passage of a collection as NDJSON',
  http: {method: 'GET', path: '/api/v1/rag/export'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({
    collection: collectionField,
    limit: z.int().min(1).max(1000).default(500).describe('Documents per page'),
    cursor: z.string().optional().describe('Go on where an earlier page ended'),
  }),
  output: z.object({
    items: z.array(Passage).describe('By source, in the order of the text'),
    withheld: z
      .int()
      .describe('How many passages are left out, as they name a person who restricted that or objected to it'),
    next: z.string().nullable().describe('The `cursor` of the next page; null after the last'),
  }),
  cli: {
    omit: ['limit', 'cursor'],
    chars: {collection: 'c'},
    rows: 'items',
    examples: ['omni rag export > passages.ndjson', 'omni rag export --collection manuals --out manuals.ndjson'],
  },
  example: {collection: 'manuals', limit: 100},
  handler: () => import('../handlers/export.ts'),
})
