import type {OperationOutput} from '@omni-ops/core/operation'
import type {ScheduleRow} from '@omni-ops/core/schedules'
import {build} from '../operations/build.ts'
import type {scheduleAdd} from '../operations/schedule-add.ts'

/** What dashboards are built at times by. */
export const scheduledOperations: readonly string[] = [build.id]

type ScheduleOut = OperationOutput<typeof scheduleAdd>

export function scheduleOut(row: ScheduleRow): ScheduleOut {
  const {id, cron, zone, due_at: next, skipped_at: skipped, job, started_at: started, finished_at: finished} = row
  const error = row.error as {readonly code: string; readonly message?: string; readonly detail?: string} | null
  return {
    id,
    cron,
    time_zone: zone,
    builds: wordsOf(build.input.parse(row.input)),
    next_at: next,
    last_status: statusOf(row),
    last_started_at: started,
    last_finished_at: finished,
    // A job keeps the problem that a caller over HTTP would be told.
    last_error: error === null ? null : {code: error.code, message: error.message ?? error.detail ?? error.code},
    skipped_at: skipped,
    job,
  }
}

/** A build that was done and had not all data is partial; one in which every dashboard failed is failed. */
function statusOf({status, exit_code: exitCode}: ScheduleRow): ScheduleOut['last_status'] {
  if (status === 'done' && exitCode === 3) return 'partial'
  if (status === 'done' && exitCode !== 0) return 'failed'
  return status as ScheduleOut['last_status']
}

function wordsOf(input: OperationInputOf): string {
  const {names, priority_filter: priority, sample, source} = input
  const which = names.length > 0 ? names.join(', ') : priority === undefined ? 'all' : `priority ${priority}`
  return `${which} from ${sample ? 'the sample' : (source ?? 'the only source')}`
}

type OperationInputOf = ReturnType<typeof build.input.parse>
