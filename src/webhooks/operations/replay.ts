import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {endpointReference} from './endpoint-output.ts'

export const webhooksReplay = defineOperation({
  id: 'webhooks.replay',
  summary: 'Send again what an endpoint did not get',
  description:
    'All that is dead, or one delivery however it ended. Under the same webhook-id, so that a receiver which has an ' +
    'event knows it.',
  http: {method: 'POST', path: '/api/v1/webhooks/{endpoint}/replay'},
  scopes: ['webhooks:write'],
  effects: 'write',
  input: z.object({
    endpoint: endpointReference,
    delivery: z.string().min(1).max(100).optional().describe('Only this one'),
    since: z.iso
      .datetime({offset: true})
      .optional()
      .describe('Only what happened since then, such as 2026-01-31T12:00:00Z'),
    delivered: z.boolean().default(false).describe('Also what was delivered'),
  }),
  output: z.object({replayed: z.int().min(0).describe('How many deliveries are on their way')}),
  cli: {
    args: ['endpoint'],
    examples: [
      'omni webhooks replay search',
      'omni webhooks replay search --since 2026-01-31T12:00:00Z --delivered',
      'omni webhooks replay search --delivery 0198c7d2-…',
    ],
  },
  handler: () => import('../handlers/replay.ts'),
})
