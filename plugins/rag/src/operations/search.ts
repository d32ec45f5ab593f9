import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {collectionField, filterField, lexicalField, RankedPassage, rerankField} from './schemas.ts'

export const search = defineOperation({
  id: 'rag.search',
  summary: 'Find the passages that best match a query',
  http: {method: 'POST', path: '/api/v1/rag/search'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({
    query: z.string().trim().min(1).max(10_000).describe('What to look for'),
    collection: collectionField,
    top_k: z.int().min(1).max(50).default(5).describe('How many passages to return'),
    filter_metadata: filterField,
    lexical: lexicalField,
    rerank: rerankField,
  }),
  output: z.object({
    query: z.string().describe('What was looked for'),
    collection: z.string().describe('Where it was looked for'),
    results: z.array(RankedPassage).describe('The best first'),
    count: z.int().describe('How many there are'),
  }),
  cli: {
    args: ['query'],
    hints: {query: '- reads it from stdin'},
    chars: {collection: 'c', top_k: 'k', filter_metadata: 'f'},
    rows: 'results',
    columns: ['score', 'source', 'page', 'line_start', 'line_end', 'text'],
    examples: [
      'omni rag search "notice period"',
      'omni rag search "odpovedni rok" -k 3 --filter-metadata year=2026 --json',
    ],
  },
  handler: () => import('../handlers/search.ts'),
})
