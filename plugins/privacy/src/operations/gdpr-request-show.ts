import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {KeptOutput, PlaceOutput, requestField, RequestOutput} from './request-schemas.ts'

export const gdprRequestShow = defineOperation({
  id: 'gdpr.request.show',
  summary: 'Show a request, what was found and what was decided',
  http: {method: 'GET', path: '/api/v1/gdpr/requests/{request}'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({request: requestField}),
  output: z.object({
    request: RequestOutput,
    identities: z
      .array(z.object({kind: z.string(), value: z.string(), via: z.string(), shared: z.boolean()}))
      .describe('Empty once it is closed'),
    places: z.array(PlaceOutput),
    kept: z.array(KeptOutput),
    steps: z.array(
      z.object({
        at: z.string(),
        state: z.string(),
        step: z.string(),
        by: z.string(),
        details: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
  cli: {
    args: ['request'],
    rows: 'steps',
    columns: ['at', 'state', 'step', 'by'],
    examples: ['omni gdpr request show 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55'],
  },
  handler: () => import('../handlers/gdpr-request-show.ts'),
})
