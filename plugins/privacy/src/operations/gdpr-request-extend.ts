import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {requestField, RequestOutput} from './request-schemas.ts'

export const gdprRequestExtend = defineOperation({
  id: 'gdpr.request.extend',
  summary: 'Take longer, and write down that the person was told why',
  description:
    'GDPR, article 12(3): two further months, if the person is told within the first. A late extension is refused.',
  http: {method: 'POST', path: '/api/v1/gdpr/requests/{request}/extend'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    request: requestField,
    reason: z.string().trim().min(10).max(2000).describe('Why it is complex, in words for the person'),
  }),
  output: RequestOutput,
  cli: {
    args: ['request'],
    columns: ['id', 'right', 'state', 'due_by'],
    examples: [
      'omni gdpr request extend 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55 --reason "Three archives on tape have to be read"',
    ],
  },
  example: {request: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55', reason: 'Three archives on tape have to be read'},
  handler: () => import('../handlers/gdpr-request-extend.ts'),
})
