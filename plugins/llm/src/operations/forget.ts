import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const forget = defineOperation({
  id: 'llm.forget',
  summary: 'Delete a conversation of yours',
  http: {method: 'DELETE', path: '/api/v1/llm/conversations/{conversation}'},
  scopes: ['llm:use'],
  effects: 'destructive',
  input: z.object({conversation: z.string().min(1).max(100).describe('The id of the conversation')}),
  output: z.object({conversation: z.string(), forgotten: z.literal(true)}),
  cli: {args: ['conversation'], confirm: 'yes', examples: ['omni llm forget 0198f3a2-… --yes']},
  handler: () => import('../handlers/forget.ts'),
})
