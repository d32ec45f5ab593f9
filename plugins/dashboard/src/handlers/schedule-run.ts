import type {Handler} from '@omni-ops/core/operation'
import {dueSchedules, runSchedule} from '@omni-ops/core/schedules'
import type {scheduleRun} from '../operations/schedule-run.ts'
import {scheduledOperations, scheduleOut} from './schedule-out.ts'

export const handle: Handler<typeof scheduleRun> = async ({id}, context) => {
  const ids = id === undefined ? await dueSchedules(context, scheduledOperations) : [id]
  const runs = []
  for (const each of ids) runs.push(scheduleOut(await runSchedule(context, each, scheduledOperations)))
  return {runs}
}
