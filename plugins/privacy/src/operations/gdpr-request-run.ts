import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {exitCodeOf, requestField, RunOutput} from './request-schemas.ts'

export const gdprRequestRun = defineOperation({
  id: 'gdpr.request.run',
  summary: 'Take a request as far as it goes',
  description:
    'Collects what there is of the person and stops for review; once approved, carries it out. It may be interrupted and run again.',
  http: {method: 'POST', path: '/api/v1/gdpr/requests/{request}/run'},
  scopes: ['gdpr:write'],
  effects: 'destructive',
  input: z.object({request: requestField}),
  output: RunOutput,
  cli: {
    args: ['request'],
    rows: 'places',
    columns: ['place', 'state', 'found', 'changed', 'kept', 'verified'],
    confirm: 'yes',
    examples: ['omni gdpr request run 0198c7d2-6a2e-7c11-9b8a-3d0c8f1e2a55 --yes'],
  },
  outcome: exitCodeOf,
  handler: () => import('../handlers/gdpr-request-run.ts'),
})
