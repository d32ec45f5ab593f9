import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {ConsentEntryOutput, ConsentStateOutput, purposeField, userField} from './consent-schemas.ts'

export const consentList = defineOperation({
  id: 'gdpr.consent.list',
  summary: "List a person's consents and what became of them",
  // In the body: an address in a path stays in the logs of every proxy.
  http: {method: 'POST', path: '/api/v1/gdpr/consent/list'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({user: userField, purpose: purposeField.optional().describe('Only this purpose')}),
  output: z.object({
    states: z.array(ConsentStateOutput).describe('How each purpose stands'),
    entries: z.array(ConsentEntryOutput).describe('Each giving and withdrawal, the oldest first'),
  }),
  cli: {
    args: ['user'],
    rows: 'states',
    columns: ['purpose', 'status', 'since', 'entry.channel', 'entry.wording_hash'],
    examples: ['omni gdpr consent list ana@example.com'],
  },
  handler: () => import('../handlers/consent-list.ts'),
})
