import * as z from 'zod'

export const jobStatuses = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

export const JobSummary = z.object({
  id: z.string(),
  operation: z.string(),
  status: z.enum(jobStatuses),
  created_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable(),
  finished_at: z.iso.datetime().nullable(),
  progress: z
    .object({label: z.string(), done: z.number(), total: z.number().optional(), unit: z.string().optional()})
    .optional()
    .describe('How far it was when it last said so'),
})

export const JobOutput = JobSummary.extend({
  output: z.unknown().optional().describe('What the operation answered'),
  exit_code: z.int().optional().describe('The exit code that a finished job deserves'),
  error: z.record(z.string(), z.unknown()).optional().describe('Why it failed, as problem details (RFC 9457)'),
})

export const jobId = z.string().min(1).max(100).describe('The id of the job')
