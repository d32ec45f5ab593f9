import type * as z from 'zod'
import type {JobRow, JobStatus} from '../job-queue.ts'
import type {JobOutput, JobSummary} from '../operations/job-output.ts'

export function summaryOut(row: JobRow): z.output<typeof JobSummary> {
  const {id, operation, created_at, started_at, finished_at, progress} = row
  const {type: _type, ...shown} = progress ?? {}
  return {
    id,
    operation,
    status: row.status as JobStatus,
    created_at,
    started_at,
    finished_at,
    ...(progress === null ? {} : {progress: shown as never}),
  }
}

export function jobOut(row: JobRow): z.output<typeof JobOutput> {
  const {output, exit_code, error} = row
  return {
    ...summaryOut(row),
    ...(output === null ? {} : {output: JSON.parse(output) as unknown}),
    ...(exit_code === null ? {} : {exit_code}),
    ...(error === null ? {} : {error}),
  }
}
