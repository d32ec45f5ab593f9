import * as z from 'zod'

export const jobStatuses = ['queued', 'running', 'done', 'failed', 'cancelled'] as const

export const JobSummary = z.object({
  id: z.string().describe('How it is asked for'),
  operation: z.string().describe('What it does, such as rag.ingest'),
  status: z.enum(jobStatuses).describe('How it stands'),
  created_at: z.iso.datetime().describe('When it was asked for'),
  started_at: z.iso.datetime().nullable().describe('When its work began'),
  finished_at: z.iso.datetime().nullable().describe('When its work ended'),
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
