import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {jobId, JobOutput} from './job-output.ts'

export const jobsCancel = defineOperation({
  id: 'jobs.cancel',
  summary: 'Cancel a job',
  description: 'One that waits is ended at once, one that runs within seconds. What it has committed stays.',
  http: {method: 'POST', path: '/api/v1/jobs/{id}/cancel'},
  scopes: [],
  effects: 'write',
  input: z.object({id: jobId}),
  output: JobOutput,
  cli: {args: ['id'], examples: ['omni jobs cancel 0198c7d2-…']},
  handler: () => import('../handlers/cancel.ts'),
})
