import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {HoldOutput} from './ledger-schemas.ts'
import {subjectAliases, subjectFields} from './request-schemas.ts'

export const gdprHoldPlace = defineOperation({
  id: 'gdpr.hold.place',
  summary: 'Keep data that a legal matter needs from being erased',
  http: {method: 'POST', path: '/api/v1/gdpr/holds'},
  scopes: ['gdpr:hold'],
  effects: 'write',
  input: z.object({
    matter: z.string().trim().min(1).max(200).describe('The matter, as a person will be told'),
    ...subjectFields,
    place: z.string().max(120).optional().describe('Only in this place, as `store table`'),
  }),
  output: z.object({holds: z.array(HoldOutput)}),
  cli: {
    args: ['matter'],
    omit: [...subjectAliases],
    rows: 'holds',
    columns: ['id', 'matter', 'subject', 'place', 'placed_at'],
    examples: [
      'omni gdpr hold place "Novak v. us, 2026/114" --user ana@example.com',
      'omni gdpr hold place "Tax audit 2026" --place "sql shop_invoices"',
    ],
  },
  example: {matter: 'Novak v. us, 2026/114', email: 'ana@example.com'},
  handler: () => import('../handlers/gdpr-hold-place.ts'),
})
