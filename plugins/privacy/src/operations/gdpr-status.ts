import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

export const gdprStatus = defineOperation({
  id: 'gdpr.status',
  summary: 'Tell how many requests are open, late and closed',
  http: {method: 'GET', path: '/api/v1/gdpr/status'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    open: z.int(),
    overdue: z.int(),
    due_within_7_days: z.int(),
    closed: z.int(),
    by_state: z.record(z.string(), z.int()),
    by_right: z.record(z.string(), z.int()),
    holds: z.int(),
    limits: z.int(),
    pending_notices: z.int(),
    places: z.int().describe('Where personal data are'),
  }),
  cli: {examples: ['omni gdpr status', 'omni gdpr status --json']},
  handler: () => import('../handlers/gdpr-status.ts'),
})
