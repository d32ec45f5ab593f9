import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {NoticeOutput} from './ledger-schemas.ts'

export const gdprNoticeList = defineOperation({
  id: 'gdpr.notice.list',
  summary: 'List what recipients have to be told',
  description: 'GDPR, article 19: each recipient is told of a correction, an erasure or a restriction.',
  http: {method: 'GET', path: '/api/v1/gdpr/notices'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({
    request: z.string().max(64).optional().describe('Only of this request'),
    state: z.enum(['pending', 'told', 'impossible']).optional().describe('Only those'),
  }),
  output: z.object({notices: z.array(NoticeOutput)}),
  cli: {
    rows: 'notices',
    columns: ['id', 'recipient', 'measure', 'channel', 'state', 'created_at', 'settled_at'],
    examples: ['omni gdpr notice list --state pending'],
  },
  handler: () => import('../handlers/gdpr-notice-list.ts'),
})
