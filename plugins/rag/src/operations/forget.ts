import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const forget = defineOperation({
  id: 'rag.forget',
  summary: 'Remove one of your conversations with everything said in it',
  http: {method: 'POST', path: '/api/v1/rag/conversations/forget'},
  scopes: ['rag:write'],
  effects: 'destructive',
  input: z.object({conversation: z.string().min(1).max(100).describe('The id of the conversation')}),
  output: z.object({conversation: z.string()}),
  cli: {
    args: ['conversation'],
    confirm: 'yes',
    examples: ['omni rag forget 019a6f1e-8a54-7cc2-9c1e-1c5a3f6f0b11 --yes'],
  },
  handler: () => import('../handlers/forget.ts'),
})
