import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {DashboardId, PanelOutcome} from './schemas.ts'

export const show = defineOperation({
  id: 'dashboard.show',
  summary: 'Show a dashboard of the dashboards directory: what it is made of, and whether it is as it was built',
  http: {
    method: 'GET',
    path: '/api/v1/dashboards/{id}',
    file: {
      types: 'text/*',
      of: ({html}) =>
        html === null ? undefined : {data: Buffer.from(html).toString('base64'), mediaType: 'text/html'},
      asks: 'page',
    },
  },
  scopes: ['dashboard:read'],
  effects: 'read',
  input: z.object({
    id: DashboardId,
    page: z.boolean().default(false).describe('With the page itself, as HTML'),
  }),
  output: z.object({
    id: z.string(),
    file: z.string(),
    title: z.string(),
    type: z.string().nullable(),
    sample: z.boolean(),
    state: z.enum(['ready', 'changed', 'gone']),
    live: z.boolean().describe('Whether its data can be read again, by you'),
    not_live_reason: z.string().nullable(),
    data: z
      .object({kind: z.enum(['sample', 'source', 'files']), source: z.string().nullable(), seed: z.int().nullable()})
      .nullable()
      .describe('What it was built from; null where that was not kept'),
    time_zone: z.string().nullable(),
    first_day: z.string(),
    last_day: z.string(),
    panels: z.array(PanelOutcome),
    spec: z.record(z.string(), z.unknown()).nullable().describe('The dashboard as data'),
    built_at: z.iso.datetime(),
    html: z.string().nullable(),
  }),
  cli: {
    args: ['id'],
    columns: ['id', 'title', 'state', 'live', 'first_day', 'last_day', 'built_at'],
    examples: ['omni dashboard show revenue-analytics', 'omni dashboard show weekly.security-auth --json'],
  },
  handler: () => import('../handlers/show.ts'),
})
