import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const conversationsShow = defineOperation({
  id: 'llm.conversations.show',
  summary: 'Show what was said in a conversation of yours',
  http: {method: 'GET', path: '/api/v1/llm/conversations/{conversation}'},
  scopes: ['llm:use'],
  effects: 'read',
  input: z.object({conversation: z.string().min(1).max(100).describe('The id of the conversation')}),
  output: z.object({
    id: z.string(),
    target: z.string(),
    system: z.string().nullable(),
    turns: z.array(z.object({number: z.int(), message: z.string(), answer: z.string(), asked_at: z.iso.datetime()})),
    withheld: z.int().describe('Turns that are not shown, because the processing of what is in them is restricted'),
  }),
  cli: {
    args: ['conversation'],
    rows: 'turns',
    columns: ['number', 'message', 'answer', 'asked_at'],
    examples: ['omni llm conversations show 019a6f1e-8a54-7cc2-9c1e-1c5a3f6f0b11'],
  },
  handler: () => import('../handlers/conversations-show.ts'),
})
