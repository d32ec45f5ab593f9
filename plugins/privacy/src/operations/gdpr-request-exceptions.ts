import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

export const gdprRequestExceptions = defineOperation({
  id: 'gdpr.request.exceptions',
  summary: 'List the exceptions by which something may be left undone',
  http: {method: 'GET', path: '/api/v1/gdpr/exceptions'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({exceptions: z.array(z.object({code: z.string(), citation: z.string(), reason: z.string()}))}),
  cli: {rows: 'exceptions', columns: ['code', 'citation', 'reason'], examples: ['omni gdpr request exceptions']},
  handler: () => import('../handlers/gdpr-request-exceptions.ts'),
})
