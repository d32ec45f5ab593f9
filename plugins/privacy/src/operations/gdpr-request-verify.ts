import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {requestField, RequestOutput} from './request-schemas.ts'

export const gdprRequestVerify = defineOperation({
  id: 'gdpr.request.verify',
  summary: 'Write down how it was made sure who asks',
  description:
    'Where somebody cannot be identified, a Californian request for the data becomes one for their categories (11 CCR 7024(a)); other requests are refused with `omni gdpr request refuse --exception not_identified`.',
  http: {method: 'POST', path: '/api/v1/gdpr/requests/{request}/verify'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({
    request: requestField,
    method: z
      .enum(['account', 'email_link', 'document', 'in_person', 'agent', 'operator', 'failed', 'more_needed'])
      .describe('How; `more_needed` where the person was asked for more, `failed` where they cannot be identified'),
    note: z.string().max(500).optional().describe('What was looked at; never a copy of a document'),
    field: z
      .string()
      .max(60)
      .optional()
      .describe('The field that the person proved to know, which cannot be one they dispute'),
  }),
  output: RequestOutput,
  cli: {
    args: ['request'],
    columns: ['id', 'right', 'state', 'due_by'],
    examples: ['omni gdpr request verify 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55 --method email_link'],
  },
  example: {request: '0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55', method: 'email_link'},
  handler: () => import('../handlers/gdpr-request-verify.ts'),
})
