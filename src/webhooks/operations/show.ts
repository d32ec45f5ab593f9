import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {EndpointOutput, endpointReference} from './endpoint-output.ts'

const count = z.int().min(0)

export const webhooksShow = defineOperation({
  id: 'webhooks.show',
  summary: 'Show an endpoint and how its deliveries stand',
  http: {method: 'GET', path: '/api/v1/webhooks/{endpoint}'},
  scopes: ['webhooks:read'],
  effects: 'read',
  input: z.object({endpoint: endpointReference}),
  output: EndpointOutput.extend({
    deliveries: z.object({
      pending: count.describe('Are or will be attempted'),
      delivered: count,
      dead: count.describe('Given up until they are replayed'),
    }),
  }),
  cli: {args: ['endpoint'], examples: ['omni webhooks show search']},
  handler: () => import('../handlers/show.ts'),
})
