import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

export const gdprHoldRelease = defineOperation({
  id: 'gdpr.hold.release',
  summary: 'Release a legal hold',
  http: {method: 'POST', path: '/api/v1/gdpr/holds/{hold}/release'},
  scopes: ['gdpr:hold'],
  effects: 'write',
  input: z.object({hold: z.string().min(1).max(64).describe('The id of the hold')}),
  output: z.object({hold: z.string(), released: z.boolean()}),
  cli: {args: ['hold'], examples: ['omni gdpr hold release 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55']},
  handler: () => import('../handlers/gdpr-hold-release.ts'),
})
