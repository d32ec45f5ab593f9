import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {NoticeOutput} from './ledger-schemas.ts'

export const gdprNoticeSettle = defineOperation({
  id: 'gdpr.notice.settle',
  summary: 'Write down that a recipient was told, or why that is impossible',
  http: {method: 'POST', path: '/api/v1/gdpr/notices/{notice}/settle'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    notice: z.string().min(1).max(64).describe('The id of the notice'),
    impossible: z
      .string()
      .trim()
      .min(10)
      .max(500)
      .optional()
      .describe('Why it is impossible or takes disproportionate effort; without it, the recipient was told'),
    note: z.string().max(500).optional().describe('How it was told'),
  }),
  output: NoticeOutput,
  cli: {
    args: ['notice'],
    columns: ['id', 'recipient', 'state', 'settled_at'],
    examples: ['omni gdpr notice settle 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a56'],
  },
  example: {notice: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a56', note: 'Letter of 23 November'},
  handler: () => import('../handlers/gdpr-notice-settle.ts'),
})
