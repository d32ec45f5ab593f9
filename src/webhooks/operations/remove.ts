import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {EndpointOutput, endpointReference} from './endpoint-output.ts'

export const webhooksRemove = defineOperation({
  id: 'webhooks.remove',
  summary: 'Remove an endpoint with all its deliveries',
  description: 'What waits for it is not sent. To stop for a while: `omni webhooks update NAME --status disabled`.',
  http: {method: 'DELETE', path: '/api/v1/webhooks/{endpoint}'},
  scopes: ['webhooks:write'],
  effects: 'destructive',
  input: z.object({endpoint: endpointReference}),
  output: EndpointOutput,
  cli: {
    args: ['endpoint'],
    columns: ['name', 'url'],
    confirm: 'yes',
    examples: ['omni webhooks remove search --yes'],
  },
  handler: () => import('../handlers/remove.ts'),
})
