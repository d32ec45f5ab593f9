import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

export const gdprRecipientsRemove = defineOperation({
  id: 'gdpr.recipients.remove',
  summary: 'Remove a recipient that never got data',
  http: {method: 'DELETE', path: '/api/v1/gdpr/recipients/{recipient}'},
  scopes: ['gdpr:write'],
  effects: 'destructive',
  input: z.object({recipient: z.string().min(1).max(63).describe('Its short name')}),
  output: z.object({recipient: z.string(), removed: z.boolean()}),
  cli: {args: ['recipient'], confirm: 'yes', examples: ['omni gdpr recipients remove mail-provider --yes']},
  handler: () => import('../handlers/gdpr-recipients-remove.ts'),
})
