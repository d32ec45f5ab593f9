import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {DisclosureOutput, RecipientOutput} from './ledger-schemas.ts'
import {subjectAliases, subjectFields} from './request-schemas.ts'

export const gdprRecipientsList = defineOperation({
  id: 'gdpr.recipients.list',
  summary: 'List to whom personal data go',
  description:
    'With a person, those that got data of them: who asks has a right to know (GDPR, articles 15(1)(c) and 19).',
  http: {method: 'GET', path: '/api/v1/gdpr/recipients'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({...subjectFields}),
  output: z.object({
    recipients: z.array(RecipientOutput),
    disclosures: z.array(DisclosureOutput).describe('What of the person went to whom, where one was asked for'),
  }),
  cli: {
    omit: [...subjectAliases],
    rows: 'recipients',
    columns: ['id', 'name', 'role', 'country', 'channel', 'places'],
    examples: ['omni gdpr recipients list', 'omni gdpr recipients list --user ana@example.com -o json'],
  },
  handler: () => import('../handlers/gdpr-recipients-list.ts'),
})
