import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {requestField, RequestOutput} from './request-schemas.ts'

export const gdprRequestRefuse = defineOperation({
  id: 'gdpr.request.refuse',
  summary: 'Refuse a request, with the reason and the remedies',
  http: {method: 'POST', path: '/api/v1/gdpr/requests/{request}/refuse'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    request: requestField,
    exception: z.string().max(40).describe('One of `gdpr request exceptions`'),
    reason: z.string().trim().max(2000).optional().describe('More about it, in words for the person'),
  }),
  output: RequestOutput,
  cli: {
    args: ['request'],
    columns: ['id', 'right', 'state', 'outcome'],
    examples: ['omni gdpr request refuse 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55 --exception manifestly_unfounded'],
  },
  example: {request: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55', exception: 'not_identified'},
  handler: () => import('../handlers/gdpr-request-refuse.ts'),
})
