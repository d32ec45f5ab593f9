import * as z from 'zod'

export const ScheduleId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
  .describe('What the schedule is called: lower-case letters, digits and -')

export const ScheduleOut = z.object({
  id: z.string(),
  cron: z.string(),
  time_zone: z.string(),
  builds: z.string().describe('Which dashboards, in words'),
  next_at: z.iso.datetime(),
  last_status: z.enum(['running', 'done', 'partial', 'failed', 'cancelled']).nullable(),
  last_started_at: z.iso.datetime().nullable(),
  last_finished_at: z.iso.datetime().nullable(),
  last_error: z.object({code: z.string(), message: z.string()}).nullable(),
  skipped_at: z.iso.datetime().nullable().describe('When a run was passed over, since the one before was not over'),
  job: z.string().nullable().describe('The job of the last run, where a server did it'),
})
