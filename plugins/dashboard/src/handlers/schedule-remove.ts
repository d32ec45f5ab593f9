import type {Handler} from '@omni-ops/core/operation'
import {removeSchedule} from '@omni-ops/core/schedules'
import type {scheduleRemove} from '../operations/schedule-remove.ts'
import {scheduledOperations} from './schedule-out.ts'

export const handle: Handler<typeof scheduleRemove> = async ({id}, context) => {
  await removeSchedule(context, id, scheduledOperations)
  return {id, removed: true}
}
