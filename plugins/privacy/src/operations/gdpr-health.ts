import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

export const gdprHealth = defineOperation({
  id: 'gdpr.health',
  summary: 'Tell whether requests can be answered here',
  http: {method: 'GET', path: '/api/v1/gdpr/health'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    status: z.enum(['ok', 'degraded']),
    checks: z.array(z.object({name: z.string(), ok: z.boolean(), message: z.string()})),
  }),
  cli: {rows: 'checks', columns: ['name', 'ok', 'message'], examples: ['omni gdpr health']},
  outcome: ({status}) => (status === 'ok' ? 0 : 9),
  handler: () => import('../handlers/gdpr-health.ts'),
})
