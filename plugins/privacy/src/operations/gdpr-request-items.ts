import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {cursorField, ItemOutput, limitField, nextField, requestField} from './request-schemas.ts'

export const gdprRequestItems = defineOperation({
  id: 'gdpr.request.items',
  summary: 'List the records of a request and what is decided about each',
  http: {method: 'GET', path: '/api/v1/gdpr/requests/{request}/items'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({request: requestField, limit: limitField, cursor: cursorField}),
  output: z.object({items: z.array(ItemOutput).describe('In the order in which they were found'), next: nextField}),
  cli: {
    args: ['request'],
    rows: 'items',
    columns: ['item', 'place', 'label', 'match', 'decision', 'reason', 'citation', 'redacted'],
    examples: ['omni gdpr request items 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55'],
  },
  handler: () => import('../handlers/gdpr-request-items.ts'),
})
