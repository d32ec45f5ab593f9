import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {requestField, RequestOutput, SignedReceiptOutput} from './request-schemas.ts'

export const gdprRequestDeliver = defineOperation({
  id: 'gdpr.request.deliver',
  summary: 'Write down that what was found was handed over, and close the request',
  http: {method: 'POST', path: '/api/v1/gdpr/requests/{request}/deliver'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    request: requestField,
    archive_sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('SHA-256 of the list of files that were handed over'),
  }),
  output: z.object({request: RequestOutput, receipt: SignedReceiptOutput}),
  cli: {
    args: ['request'],
    rows: 'request',
    columns: ['id', 'right', 'state', 'outcome'],
    examples: [
      'omni gdpr request deliver 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55 --archive-sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    ],
  },
  handler: () => import('../handlers/gdpr-request-deliver.ts'),
})
