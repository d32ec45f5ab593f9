import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {jobId, JobOutput} from './job-output.ts'

export const jobsShow = defineOperation({
  id: 'jobs.show',
  summary: 'Show how a job stands, and what it answered',
  http: {method: 'GET', path: '/api/v1/jobs/{id}'},
  scopes: [],
  effects: 'read',
  input: z.object({id: jobId}),
  output: JobOutput,
  cli: {args: ['id'], examples: ['omni jobs show 0198c7d2-…']},
  handler: () => import('../handlers/show.ts'),
})
