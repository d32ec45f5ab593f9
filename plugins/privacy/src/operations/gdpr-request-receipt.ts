import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {requestField, SignedReceiptOutput} from './request-schemas.ts'

export const gdprRequestReceipt = defineOperation({
  id: 'gdpr.request.receipt',
  summary: 'Print the signed receipt of a closed request',
  http: {method: 'GET', path: '/api/v1/gdpr/requests/{request}/receipt'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({request: requestField}),
  output: SignedReceiptOutput,
  cli: {args: ['request'], examples: ['omni gdpr request receipt 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55 --json']},
  handler: () => import('../handlers/gdpr-request-receipt.ts'),
})
