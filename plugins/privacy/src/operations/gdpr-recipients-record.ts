import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {DisclosureOutput} from './ledger-schemas.ts'
import {subjectAliases, subjectFields} from './request-schemas.ts'

export const gdprRecipientsRecord = defineOperation({
  id: 'gdpr.recipients.record',
  summary: 'Write into the ledger that data of a person went to a recipient',
  http: {method: 'POST', path: '/api/v1/gdpr/disclosures'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    recipient: z.string().min(1).max(63).describe('Its short name'),
    ...subjectFields,
    place: z.string().max(120).optional().describe('Where the data came from, as `store table`'),
    purpose: z.string().trim().min(1).max(300).describe('Why'),
  }),
  output: z.object({disclosures: z.array(DisclosureOutput)}),
  cli: {
    args: ['recipient'],
    omit: [...subjectAliases],
    rows: 'disclosures',
    columns: ['id', 'recipient', 'subject', 'place', 'purpose', 'disclosed_at'],
    examples: ['omni gdpr recipients record mail-provider --user ana@example.com --purpose "Sends the newsletter"'],
  },
  example: {recipient: 'mail-provider', email: 'ana@example.com', purpose: 'Sends the newsletter'},
  handler: () => import('../handlers/gdpr-recipients-record.ts'),
})
