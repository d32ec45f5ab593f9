import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {languageField} from './request-schemas.ts'

export const gdprNoticeLetter = defineOperation({
  id: 'gdpr.notice.letter',
  summary: 'Print the letter for a notice that has yet to be told',
  http: {method: 'GET', path: '/api/v1/gdpr/notices/{notice}/letter'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({notice: z.string().min(1).max(64).describe('The id of the notice'), language: languageField}),
  output: z.object({recipient: z.string(), contact: z.string().nullable(), subject: z.string(), text: z.string()}),
  cli: {args: ['notice'], examples: ['omni gdpr notice letter 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a56 --language sl']},
  handler: () => import('../handlers/gdpr-notice-letter.ts'),
})
