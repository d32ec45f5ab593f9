import * as z from 'zod'
import {defineOperation, ExitCode} from '@omni-ops/core/operation'
import {ConsentStateOutput, purposeField, userField} from './consent-schemas.ts'

export const consentCheck = defineOperation({
  id: 'gdpr.consent.check',
  summary: 'Say whether a person consents to a purpose',
  description: 'Ends with 7 where there is no consent to act on, or the wording has changed and one has to ask again.',
  http: {method: 'POST', path: '/api/v1/gdpr/consent/check'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({
    user: userField,
    purpose: purposeField,
    at: z.iso.datetime({offset: true}).optional().describe('As it was at a time; now by default'),
  }),
  output: ConsentStateOutput,
  cli: {
    args: ['user', 'purpose'],
    columns: ['purpose', 'status', 'given', 'since'],
    examples: ['omni gdpr consent check ana@example.com newsletter'],
  },
  outcome: ({given}) => (given ? ExitCode.done : ExitCode.gateFailed),
  handler: () => import('../handlers/consent-check.ts'),
})
