import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {
  channelField,
  ConsentEntryOutput,
  evidenceField,
  hashField,
  languageField,
  purposeField,
  userField,
} from './consent-schemas.ts'

export const consentGive = defineOperation({
  id: 'gdpr.consent.give',
  summary: 'Write down that a person consented to one purpose',
  description:
    'The exact words that the person saw are kept with their hash; they are written down before, by omni gdpr consent wording add. A date of birth is used to see whether a child may consent alone, and not kept.',
  http: {method: 'POST', path: '/api/v1/gdpr/consent'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    user: userField,
    purpose: purposeField,
    channel: channelField,
    language: languageField,
    wording: hashField.optional().describe('The hash of the text that was shown; the one asked now by default'),
    at: z.iso.datetime({offset: true}).optional().describe('When it was said; now by default'),
    birth_date: z.iso.date().optional().describe('To see whether a child may consent alone; it is not kept'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be two capital letters')
      .optional()
      .describe('Whose law says from which age; privacy.country by default'),
    guardian: z.string().min(1).max(200).optional().describe('Who consented for a child, or approved'),
    evidence: evidenceField,
    despite_erasure: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .describe('Why a consent of somebody who was erased here is taken in all the same; it stands in the audit log'),
  }),
  output: ConsentEntryOutput,
  cli: {
    args: ['user'],
    columns: ['id', 'purpose', 'at', 'channel', 'wording_hash'],
    examples: [
      'omni gdpr consent give ana@example.com --purpose newsletter --channel web --language sl',
      'omni gdpr consent give miha@example.com --purpose game --birth-date 2014-05-30 --guardian "Maja Novak"',
    ],
  },
  example: {user: 'ana@example.com', purpose: 'newsletter', channel: 'web'},
  handler: () => import('../handlers/consent-give.ts'),
})
