import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {DashboardId} from './schemas.ts'

const Day = z
  .string()
  .regex(/^(19|20)\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)
  .optional()

export const panelData = defineOperation({
  id: 'dashboard.panel-data',
  summary: 'Read the rows of one panel of a dashboard from its data as they are now',
  description: 'Days are those of the dashboard’s time zone. Numbers are exact digits, null where there is none.',
  http: {
    method: 'GET',
    path: '/api/v1/dashboards/{id}/panels/{panel}/data',
    file: {
      types: 'text/*',
      of: ({csv: text}) =>
        text === null ? undefined : {data: Buffer.from(text).toString('base64'), mediaType: 'text/csv'},
      asks: 'csv',
    },
  },
  scopes: ['dashboard:read'],
  effects: 'read',
  input: z.object({
    id: DashboardId,
    panel: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,63}$/)
      .describe('Its id in the dashboard'),
    from: Day.describe('The first day'),
    to: Day.describe('The last day'),
    where: z
      .record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), z.string().max(200))
      .default({})
      .describe('Only rows with this value of a dimension'),
    csv: z.boolean().default(false).describe('With the rows as CSV too'),
  }),
  output: z.object({
    id: z.string(),
    panel: z.string(),
    title: z.string(),
    kind: z.string(),
    time_zone: z.string(),
    first_day: z.string(),
    last_day: z.string(),
    read_at: z.iso.datetime().describe('When the data were read'),
    reason: z.string().nullable().describe('Why it is not shown, where it is not'),
    columns: z.array(z.object({title: z.string(), kind: z.enum(['text', 'number'])})),
    rows: z.array(z.array(z.string().nullable())).describe('A value for each column; numbers as exact decimal digits'),
    csv: z.string().nullable(),
  }),
  cli: {
    args: ['id', 'panel'],
    names: {where: 'filter'},
    examples: [
      'omni dashboard panel-data revenue-analytics revenue-by-region --csv',
      'omni dashboard panel-data revenue-analytics revenue --from 2026-01-01 --to 2026-01-31 --filter region=North --json',
    ],
  },
  handler: () => import('../handlers/panel-data.ts'),
})
