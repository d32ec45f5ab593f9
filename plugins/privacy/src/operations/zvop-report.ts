import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {RuleOutput} from './zvop-schemas.ts'

export const zvopReport = defineOperation({
  id: 'zvop.report',
  summary: 'Report how things stand under ZVOP-2',
  description:
    'The processing log, the country that data may not leave, and every rule of ZVOP-2 and ZEKom-2 that this program applies, with whether its text was read.',
  http: {method: 'GET', path: '/api/v1/zvop/report'},
  scopes: ['zvop:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    at: z.iso.datetime(),
    residency: z.object({country: z.string().nullable()}),
    log: z.object({
      entries: z.int(),
      by_action: z.record(z.string(), z.int()),
      years: z.int().describe('Of keeping, after the year of the entry'),
      reason: z.string().nullable().describe('For more than two'),
      expired: z.int().describe('Entries whose time is over and that are still there'),
    }),
    rules: z.array(RuleOutput),
  }),
  cli: {
    rows: 'rules',
    columns: ['citation', 'verified', 'summary'],
    examples: ['omni zvop report', 'omni zvop report --json'],
  },
  handler: () => import('../handlers/zvop-report.ts'),
})
