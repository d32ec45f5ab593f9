import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {requestField, RequestOutput} from './request-schemas.ts'

export const gdprRequestDecide = defineOperation({
  id: 'gdpr.request.decide',
  summary: 'Decide about records of a request yourself',
  http: {method: 'POST', path: '/api/v1/gdpr/requests/{request}/decide'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    request: requestField,
    items: z.array(z.int().min(1)).max(1000).default([]).describe('Numbers of records, from `request items`'),
    all: z.boolean().default(false).describe('All records that wait for somebody to look at'),
    decision: z.enum(['include', 'keep']).describe('`include`: erase it or give it out; `keep`: leave it as it is'),
    exception: z.string().max(40).optional().describe('Why it is kept: one of `gdpr request exceptions`'),
  }),
  output: z.object({request: RequestOutput, changed: z.int()}),
  cli: {
    args: ['request'],
    rows: 'request',
    columns: ['id', 'state', 'kept', 'to_review'],
    examples: [
      'omni gdpr request decide 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55 --items 3 --decision keep --exception legal_claims',
      'omni gdpr request decide 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55 --all --decision include',
    ],
  },
  example: {request: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55', items: [3], decision: 'keep', exception: 'legal_claims'},
  handler: () => import('../handlers/gdpr-request-decide.ts'),
})
