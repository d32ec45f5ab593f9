import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {endpointReference, NewSecretOutput} from './endpoint-output.ts'

export const webhooksRotateSecret = defineOperation({
  id: 'webhooks.rotate-secret',
  summary: 'Give an endpoint a new secret and print it once',
  description: 'For the overlap both secrets sign, so that the receiver refuses nothing while it takes the new one.',
  http: {method: 'POST', path: '/api/v1/webhooks/{endpoint}/rotate-secret'},
  scopes: ['webhooks:write'],
  effects: 'write',
  confidential: true,
  input: z.object({
    endpoint: endpointReference,
    overlap_hours: z.number().min(0).max(720).default(24).describe('How long the old secret signs as well'),
  }),
  output: NewSecretOutput,
  cli: {
    args: ['endpoint'],
    columns: ['secret', 'name', 'previous_secret_ends_at'],
    examples: ['omni webhooks rotate-secret search', 'omni webhooks rotate-secret search --overlap-hours 0'],
  },
  handler: () => import('../handlers/rotate-secret.ts'),
})
