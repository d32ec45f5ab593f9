import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {ScheduleId} from './schedule-output.ts'

export const scheduleRemove = defineOperation({
  id: 'dashboard.schedule.remove',
  summary: 'Build dashboards at these times no longer',
  description: 'The pages stay. A run that is under way goes on.',
  http: {method: 'DELETE', path: '/api/v1/dashboards/schedules/{id}'},
  scopes: ['dashboard:write'],
  effects: 'write',
  input: z.object({id: ScheduleId}),
  output: z.object({id: z.string(), removed: z.boolean()}),
  cli: {args: ['id'], columns: ['id', 'removed'], examples: ['omni dashboard schedule remove weekly']},
  handler: () => import('../handlers/schedule-remove.ts'),
})
