import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {ScheduleOut} from './schedule-output.ts'

export const scheduleList = defineOperation({
  id: 'dashboard.schedule.list',
  summary: 'List when dashboards are built, and how it went the last time',
  http: {method: 'GET', path: '/api/v1/dashboards/schedules'},
  scopes: ['dashboard:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({schedules: z.array(ScheduleOut)}),
  cli: {
    rows: 'schedules',
    columns: ['id', 'cron', 'time_zone', 'builds', 'next_at', 'last_status', 'last_finished_at', 'last_error.message'],
    examples: ['omni dashboard schedule list'],
  },
  handler: () => import('../handlers/schedule-list.ts'),
})
