import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {purposeField, WordingOutput} from './consent-schemas.ts'

export const consentWordingList = defineOperation({
  id: 'gdpr.consent.wording.list',
  summary: 'List the words in which people are and were asked',
  http: {method: 'GET', path: '/api/v1/gdpr/consent/wordings'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({purpose: purposeField.optional().describe('Only this purpose')}),
  output: z.object({wordings: z.array(WordingOutput).describe('The newest version first')}),
  cli: {
    rows: 'wordings',
    columns: ['purpose', 'language', 'version', 'hash', 'text'],
    examples: ['omni gdpr consent wording list'],
  },
  handler: () => import('../handlers/consent-wording-list.ts'),
})
