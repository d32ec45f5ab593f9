import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {eventsField, nameField, NewSecretOutput, urlField} from './endpoint-output.ts'

export const webhooksAdd = defineOperation({
  id: 'webhooks.add',
  summary: 'Send events to a URL, and print the secret that verifies them once',
  description:
    'Each event is a POST with JSON, signed by Standard Webhooks (standardwebhooks.com), and sent again for three days ' +
    'until it is answered with 2xx. Sent by `omni serve`. Targets are https and public unless the server allows others.',
  http: {method: 'POST', path: '/api/v1/webhooks'},
  scopes: ['webhooks:write'],
  effects: 'write',
  confidential: true,
  input: z.object({
    url: urlField,
    events: eventsField.describe('Which events: names, rag.* for all of a kind, * for all'),
    name: nameField.optional().describe("What to call it; the URL's host by default"),
  }),
  output: NewSecretOutput,
  cli: {
    args: ['url'],
    columns: ['secret', 'name', 'url', 'events'],
    examples: [
      "omni webhooks add https://example.com/omni --events 'rag.*' --name search",
      'omni webhooks add https://example.com/audit --events key.created --events key.revoked',
    ],
  },
  handler: () => import('../handlers/add.ts'),
})
