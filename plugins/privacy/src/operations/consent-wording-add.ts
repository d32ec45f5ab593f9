import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {languageField, purposeField, WordingOutput} from './consent-schemas.ts'

export const consentWordingAdd = defineOperation({
  id: 'gdpr.consent.wording.add',
  summary: 'Write down the words in which people are asked',
  description:
    'A text is never changed: another one is another version, and who consented to an earlier one has to be asked again. The text that is asked already stays the version it is.',
  http: {method: 'POST', path: '/api/v1/gdpr/consent/wordings'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    purpose: purposeField,
    text: z.string().min(1).max(20_000).describe('The words, exactly as they are shown'),
    language: languageField,
  }),
  output: WordingOutput.extend({added: z.boolean().describe('False where this text is asked already')}),
  cli: {
    args: ['purpose', 'text'],
    columns: ['purpose', 'language', 'version', 'hash', 'added'],
    examples: ['omni gdpr consent wording add newsletter "Želim prejemati mesečne novice." --language sl'],
  },
  example: {purpose: 'newsletter', text: 'Send me the monthly news.', language: 'en'},
  handler: () => import('../handlers/consent-wording-add.ts'),
})
