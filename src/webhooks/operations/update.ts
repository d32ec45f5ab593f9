import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {
  EndpointOutput,
  endpointReference,
  endpointStatuses,
  eventsField,
  nameField,
  urlField,
} from './endpoint-output.ts'

export const webhooksUpdate = defineOperation({
  id: 'webhooks.update',
  summary: 'Change where events are sent, which, or whether',
  description:
    'While an endpoint is disabled its events are kept as dead, for 30 days: `omni webhooks replay` sends them after it ' +
    'is enabled again.',
  http: {method: 'PATCH', path: '/api/v1/webhooks/{endpoint}'},
  scopes: ['webhooks:write'],
  effects: 'write',
  input: z.object({
    endpoint: endpointReference,
    url: urlField.optional(),
    events: eventsField.optional().describe('Which events instead of those until now'),
    name: nameField.optional().describe('What to call it'),
    status: z.enum(endpointStatuses).optional().describe('Whether it gets events'),
  }),
  output: EndpointOutput,
  cli: {
    args: ['endpoint'],
    columns: ['name', 'url', 'status', 'events'],
    examples: ["omni webhooks update search --events '*'", 'omni webhooks update search --status enabled'],
  },
  handler: () => import('../handlers/update.ts'),
})
