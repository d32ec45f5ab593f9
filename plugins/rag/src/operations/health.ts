import {defineOperation, ExitCode} from '@omni-ops/core/operation'
import * as z from 'zod'

export const health = defineOperation({
  id: 'rag.health',
  summary: 'Tell whether documents can be searched: the engine loads, and every collection is whole',
  http: {method: 'GET', path: '/api/v1/rag/health'},
  scopes: ['rag:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    checks: z.array(
      z.object({
        name: z.string(),
        status: z.enum(['ok', 'warning', 'problem', 'off']),
        message: z.string(),
        fix: z.string().optional(),
      }),
    ),
  }),
  outcome: ({status}) => (status === 'unhealthy' ? ExitCode.failure : ExitCode.done),
  cli: {rows: 'checks', columns: ['status', 'name', 'message'], examples: ['omni rag health']},
  handler: () => import('../handlers/health.ts'),
})
