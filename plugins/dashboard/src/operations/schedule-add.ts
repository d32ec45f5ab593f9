import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {dataFields} from './schemas.ts'
import {ScheduleId, ScheduleOut} from './schedule-output.ts'

const {sample, seed, source, where, output_dir} = dataFields

export const scheduleAdd = defineOperation({
  id: 'dashboard.schedule.add',
  summary: 'Build dashboards at times',
  description:
    'A server (`omni serve`) builds them as a job when they are due, as whoever asks for it now; without one, ' +
    '`omni dashboard schedule run` does. What came due while nothing ran is made up for once.',
  http: {method: 'POST', path: '/api/v1/dashboards/schedules'},
  scopes: ['dashboard:write'],
  effects: 'write',
  input: z.object({
    id: ScheduleId,
    cron: z
      .string()
      .min(9)
      .max(100)
      .describe('Minute, hour, day of the month, month, weekday: "0 2 * * 1" is Mondays at two'),
    time_zone: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9_+/-]{0,59}$/)
      .optional()
      .describe('Whose clock and whose days, such as Europe/Ljubljana; as the settings say without it'),
    names: z
      .array(z.string().min(1).max(100))
      .max(40)
      .default([])
      .describe('The name of a type; several may be given, all without'),
    priority_filter: z.int().min(1).max(3).optional().describe('Only types of this priority'),
    sample,
    seed,
    source,
    where,
    output_dir,
  }),
  output: ScheduleOut,
  cli: {
    args: ['id'],
    names: {names: 'type', priority_filter: 'priority', output_dir: 'directory', where: 'filter'},
    columns: ['id', 'cron', 'time_zone', 'builds', 'next_at'],
    examples: [
      'omni dashboard schedule add weekly --cron "0 2 * * 1" --source sales',
      'omni dashboard schedule add mornings --type "Revenue Analytics" --cron "30 6 * * 1-5" --time-zone Europe/Ljubljana --source sales',
    ],
  },
  example: {id: 'weekly', cron: '0 2 * * 1', sample: true},
  handler: () => import('../handlers/schedule-add.ts'),
})
