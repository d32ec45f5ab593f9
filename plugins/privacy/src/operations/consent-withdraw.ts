import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {channelField, ConsentEntryOutput, evidenceField, purposeField, userField} from './consent-schemas.ts'

export const consentWithdraw = defineOperation({
  id: 'gdpr.consent.withdraw',
  summary: 'Write down that a person withdrew their consent',
  description:
    'It takes no more than the giving did. What was done before stays lawful, and the record of the giving stays.',
  http: {method: 'POST', path: '/api/v1/gdpr/consent/withdraw'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    user: userField,
    purpose: purposeField.optional().describe('One purpose; all that were given by default'),
    channel: channelField,
    at: z.iso.datetime({offset: true}).optional().describe('When it was said; now by default'),
    evidence: evidenceField,
  }),
  output: z.object({withdrawn: z.array(ConsentEntryOutput).describe('Empty where nothing was given')}),
  cli: {
    args: ['user'],
    rows: 'withdrawn',
    columns: ['id', 'purpose', 'at', 'channel'],
    examples: [
      'omni gdpr consent withdraw ana@example.com --purpose newsletter',
      'omni gdpr consent withdraw ana@example.com --channel paper',
    ],
  },
  example: {user: 'ana@example.com', purpose: 'newsletter'},
  handler: () => import('../handlers/consent-withdraw.ts'),
})
