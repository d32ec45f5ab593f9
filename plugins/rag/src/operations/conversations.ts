import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const conversations = defineOperation({
  id: 'rag.conversations',
  summary: 'List your conversations, the latest first',
  http: {method: 'GET', path: '/api/v1/rag/conversations'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({limit: z.int().min(1).max(1000).default(50).describe('How many')}),
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        collection: z.string(),
        first_message: z.string(),
        turns: z.int(),
        started_at: z.iso.datetime(),
        continued_at: z.iso.datetime(),
      }),
    ),
  }),
  cli: {
    rows: 'items',
    columns: ['id', 'collection', 'first_message', 'turns', 'continued_at'],
    examples: ['omni rag conversations'],
  },
  handler: () => import('../handlers/conversations.ts'),
})
