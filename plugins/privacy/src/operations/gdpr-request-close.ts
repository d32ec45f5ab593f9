import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {requestField, RequestOutput} from './request-schemas.ts'

export const gdprRequestClose = defineOperation({
  id: 'gdpr.request.close',
  summary: 'Close a request that the person took back',
  http: {method: 'POST', path: '/api/v1/gdpr/requests/{request}/close'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({request: requestField}),
  output: RequestOutput,
  cli: {
    args: ['request'],
    columns: ['id', 'right', 'state', 'outcome'],
    examples: ['omni gdpr request close 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55'],
  },
  handler: () => import('../handlers/gdpr-request-close.ts'),
})
