import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {HoldOutput} from './ledger-schemas.ts'

export const gdprHoldList = defineOperation({
  id: 'gdpr.hold.list',
  summary: 'List legal holds',
  http: {method: 'GET', path: '/api/v1/gdpr/holds'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({all: z.boolean().default(false).describe('Also those that were released')}),
  output: z.object({holds: z.array(HoldOutput)}),
  cli: {
    rows: 'holds',
    columns: ['id', 'matter', 'subject', 'place', 'placed_at', 'released_at'],
    examples: ['omni gdpr hold list'],
  },
  handler: () => import('../handlers/gdpr-hold-list.ts'),
})
