import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {requestField, RequestOutput} from './request-schemas.ts'

export const gdprRequestConfirm = defineOperation({
  id: 'gdpr.request.confirm',
  summary: 'Write down that the person was told that their request was received',
  http: {method: 'POST', path: '/api/v1/gdpr/requests/{request}/confirm'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({request: requestField}),
  output: RequestOutput,
  cli: {
    args: ['request'],
    columns: ['id', 'right', 'state', 'confirm_by'],
    examples: ['omni gdpr request confirm 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55'],
  },
  handler: () => import('../handlers/gdpr-request-confirm.ts'),
})
