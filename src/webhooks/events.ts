import * as z from 'zod'
import {defineEvent} from '../operation/event.ts'

const endpoint = z.string().describe('The id of the endpoint')

export const webhookTest = defineEvent({
  name: 'webhook.test',
  summary: 'Somebody tries an endpoint with `omni webhooks test`; it goes to that endpoint whatever it subscribes to',
  scopes: [],
  payload: z.object({endpoint}),
  example: {endpoint: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55'},
})

export const webhookDisabled = defineEvent({
  name: 'webhook.disabled',
  summary: 'An endpoint gets no more events, because it said so or failed for days; told to the others',
  // Who may not read webhooks is told no more than that there is one.
  scopes: [],
  payload: z.object({
    endpoint,
    reason: z.enum(['gone', 'failing']).describe('gone: it answered 410; failing: nothing was delivered for days'),
  }),
  example: {endpoint: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55', reason: 'gone'},
})
