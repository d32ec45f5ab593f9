import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {requestField, RequestOutput} from './request-schemas.ts'

export const gdprRequestApprove = defineOperation({
  id: 'gdpr.request.approve',
  summary: 'Approve what was decided, so that it can be carried out',
  http: {method: 'POST', path: '/api/v1/gdpr/requests/{request}/approve'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({request: requestField, note: z.string().max(500).optional().describe('Why, for the record')}),
  output: RequestOutput,
  cli: {
    args: ['request'],
    columns: ['id', 'right', 'state', 'due_by'],
    examples: ['omni gdpr request approve 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55'],
  },
  handler: () => import('../handlers/gdpr-request-approve.ts'),
})
