import * as z from 'zod'
import {defineOperation} from '../../operation/operation.ts'
import {jobStatuses, JobSummary} from './job-output.ts'

export const jobsList = defineOperation({
  id: 'jobs.list',
  summary: 'List your jobs, the newest first',
  description: 'Jobs are made over HTTP, with `Prefer: respond-async`. Who has every scope sees those of others too.',
  http: {method: 'GET', path: '/api/v1/jobs'},
  scopes: [],
  effects: 'read',
  input: z.object({
    status: z.enum(jobStatuses).optional().describe('Only those'),
    limit: z.int().min(1).max(1000).default(50).describe('How many at most'),
    cursor: z.string().max(200).optional().describe('Go on where an earlier list ended (its `next`)'),
  }),
  output: z.object({
    items: z.array(JobSummary).describe('The newest first'),
    next: z.string().nullable().describe('The `cursor` of the next page; null after the last'),
  }),
  cli: {
    rows: 'items',
    columns: ['id', 'operation', 'status', 'created_at', 'finished_at'],
    examples: ['omni jobs list', 'omni jobs list --status running --profile prod'],
  },
  handler: () => import('../handlers/list.ts'),
})
