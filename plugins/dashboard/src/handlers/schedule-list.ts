import type {Handler} from '@omni-ops/core/operation'
import {listSchedules} from '@omni-ops/core/schedules'
import type {scheduleList} from '../operations/schedule-list.ts'
import {scheduledOperations, scheduleOut} from './schedule-out.ts'

export const handle: Handler<typeof scheduleList> = async (_input, context) => ({
  schedules: (await listSchedules(context, scheduledOperations)).map(scheduleOut),
})
