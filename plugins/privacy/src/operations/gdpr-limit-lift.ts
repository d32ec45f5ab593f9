import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {requestField} from './request-schemas.ts'

export const gdprLimitLift = defineOperation({
  id: 'gdpr.limit.lift',
  summary: 'Lift the limits that a request put',
  description: 'Who got a restriction is told before it is lifted (GDPR, article 18(3)): that is for you to do first.',
  http: {method: 'POST', path: '/api/v1/gdpr/limits/lift'},
  scopes: ['gdpr:write'],
  effects: 'write',
  input: z.object({request: requestField}),
  output: z.object({request: z.string(), lifted: z.int()}),
  cli: {args: ['request'], examples: ['omni gdpr limit lift 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55']},
  handler: () => import('../handlers/gdpr-limit-lift.ts'),
})
