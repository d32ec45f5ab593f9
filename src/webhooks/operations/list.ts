import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {EndpointOutput} from './endpoint-output.ts'

export const webhooksList = defineOperation({
  id: 'webhooks.list',
  summary: 'List the places that events are sent to',
  http: {method: 'GET', path: '/api/v1/webhooks'},
  scopes: ['webhooks:read'],
  effects: 'read',
  input: z.object({
    limit: z.int().min(1).max(1000).default(100).describe('How many at most'),
    cursor: z.string().max(200).optional().describe('Go on where an earlier list ended (its `next`)'),
  }),
  output: z.object({items: z.array(EndpointOutput), next: z.string().nullable()}),
  cli: {
    rows: 'items',
    columns: ['name', 'url', 'status', 'events', 'failing_since'],
    examples: ['omni webhooks list', 'omni webhooks list --json'],
  },
  handler: () => import('../handlers/list.ts'),
})
