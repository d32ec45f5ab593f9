import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'

export const webhooksEvents = defineOperation({
  id: 'webhooks.events',
  summary: 'List the events there are, with what each tells',
  http: {method: 'GET', path: '/api/v1/webhook-events'},
  scopes: ['webhooks:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    items: z.array(
      z.object({
        name: z.string().describe('Its `type`, to subscribe to'),
        summary: z.string(),
        scopes: z.array(z.string()).describe('What a key needs to subscribe; * is every scope'),
        schema: z.record(z.string(), z.unknown()).describe('The JSON Schema of its `data`'),
        example: z.record(z.string(), z.unknown()).describe('A whole body'),
      }),
    ),
  }),
  cli: {
    rows: 'items',
    columns: ['name', 'summary'],
    examples: ['omni webhooks events', 'omni webhooks events --json'],
  },
  handler: () => import('../handlers/events.ts'),
})
