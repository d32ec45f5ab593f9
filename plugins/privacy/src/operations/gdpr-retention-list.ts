import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'

export const gdprRetentionList = defineOperation({
  id: 'gdpr.retention.list',
  summary: 'List how long each place keeps personal data, and what is due',
  http: {method: 'GET', path: '/api/v1/gdpr/retention'},
  scopes: ['gdpr:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    places: z.array(
      z.object({
        place: z.string(),
        retention: z.string(),
        days: z.int().nullable(),
        after: z.string().nullable(),
        due: z.int().nullable().describe('Records whose time is over; null where nobody can tell'),
      }),
    ),
  }),
  cli: {
    rows: 'places',
    columns: ['place', 'retention', 'days', 'after', 'due'],
    examples: ['omni gdpr retention list'],
  },
  handler: () => import('../handlers/gdpr-retention-list.ts'),
})
