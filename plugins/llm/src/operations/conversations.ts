import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const conversations = defineOperation({
  id: 'llm.conversations',
  summary: 'List your conversations with models, the latest first',
  http: {method: 'GET', path: '/api/v1/llm/conversations'},
  scopes: ['llm:use'],
  effects: 'read',
  input: z.object({limit: z.int().min(1).max(1000).default(50).describe('How many')}),
  output: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        target: z.string().describe('What was asked last: a group, a deployment or provider/model'),
        first_message: z.string(),
        turns: z.int(),
        started_at: z.iso.datetime(),
        continued_at: z.iso.datetime(),
      }),
    ),
  }),
  cli: {
    rows: 'items',
    columns: ['id', 'first_message', 'turns', 'continued_at'],
    examples: ['omni llm conversations', 'omni llm conversations --limit 1 --json'],
  },
  handler: () => import('../handlers/conversations.ts'),
})
