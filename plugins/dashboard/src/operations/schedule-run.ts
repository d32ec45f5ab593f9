import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {ScheduleId, ScheduleOut} from './schedule-output.ts'

export const scheduleRun = defineOperation({
  id: 'dashboard.schedule.run',
  summary: 'Build the dashboards of a schedule now, or of all that are due',
  description:
    'For a crontab where no server runs: each schedule that came due is built once, however often it was due.',
  http: {method: 'POST', path: '/api/v1/dashboards/schedules/run'},
  scopes: ['dashboard:write'],
  effects: 'write',
  input: z.object({id: ScheduleId.optional()}),
  output: z.object({runs: z.array(ScheduleOut)}),
  cli: {
    args: ['id'],
    rows: 'runs',
    columns: ['id', 'last_status', 'last_finished_at', 'next_at', 'last_error.message'],
    examples: ['omni dashboard schedule run weekly', 'omni dashboard schedule run'],
  },
  example: {},
  outcome: ({runs}) => {
    if (runs.some(({last_status: status}) => status === 'failed')) return 1
    return runs.some(({last_status: status}) => status === 'partial') ? 3 : 0
  },
  handler: () => import('../handlers/schedule-run.ts'),
})
