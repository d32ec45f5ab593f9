import * as z from 'zod'
import {ExitCode} from '../../operation/errors.ts'
import {defineOperation} from '../../operation/operation.ts'
import {AttemptOutput} from './attempt-output.ts'
import {endpointReference} from './endpoint-output.ts'

export const webhooksTest = defineOperation({
  id: 'webhooks.test',
  summary: 'Send an event to an endpoint now and say what came of it',
  description: 'A signed `webhook.test`, once, whatever the endpoint subscribes to and even if it is disabled.',
  http: {method: 'POST', path: '/api/v1/webhooks/{endpoint}/test'},
  scopes: ['webhooks:write'],
  effects: 'write',
  input: z.object({endpoint: endpointReference}),
  output: AttemptOutput.extend({
    delivered: z.boolean(),
    event: z.string().describe('The id of the event: its webhook-id'),
  }),
  cli: {
    args: ['endpoint'],
    columns: ['delivered', 'status', 'error', 'milliseconds', 'response'],
    examples: ['omni webhooks test search'],
  },
  outcome: ({delivered}) => (delivered ? ExitCode.done : ExitCode.failure),
  handler: () => import('../handlers/test.ts'),
})
