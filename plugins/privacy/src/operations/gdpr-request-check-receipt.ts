import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

export const gdprRequestCheckReceipt = defineOperation({
  id: 'gdpr.request.check-receipt',
  summary: 'Check the signature of a receipt',
  http: {method: 'POST', path: '/api/v1/gdpr/receipts/check'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({receipt: z.string().max(1_000_000).describe('The receipt as JSON')}),
  output: z.object({
    valid: z.boolean().describe('The signature is of this receipt and of the key in it'),
    own: z.boolean().describe('The key is that of this profile'),
    key_id: z.string(),
    request: z.string(),
    outcome: z.string(),
  }),
  cli: {
    args: ['receipt'],
    hints: {receipt: '- reads it from stdin'},
    examples: ['omni gdpr request check-receipt - < receipt.json'],
  },
  example: {receipt: '{}'},
  outcome: ({valid, own}) => (valid && own ? 0 : 7),
  handler: () => import('../handlers/gdpr-request-check-receipt.ts'),
})
