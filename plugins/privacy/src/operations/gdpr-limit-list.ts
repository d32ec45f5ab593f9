import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {LimitOutput} from './ledger-schemas.ts'

export const gdprLimitList = defineOperation({
  id: 'gdpr.limit.list',
  summary: 'List for what persons’ data may not be used',
  http: {method: 'GET', path: '/api/v1/gdpr/limits'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({all: z.boolean().default(false).describe('Also those that were lifted')}),
  output: z.object({limits: z.array(LimitOutput)}),
  cli: {
    rows: 'limits',
    columns: ['kind', 'purpose', 'subject', 'since', 'lifted_at', 'request'],
    examples: ['omni gdpr limit list'],
  },
  handler: () => import('../handlers/gdpr-limit-list.ts'),
})
