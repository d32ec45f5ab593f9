import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {DashboardFormat, PanelOutcome} from './schemas.ts'

export const generated = defineOperation({
  id: 'dashboard.generated',
  summary: 'List the pages in the dashboards directory',
  http: {method: 'GET', path: '/api/v1/dashboards/generated'},
  scopes: ['dashboard:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    pages: z.array(
      z.object({
        id: z.string().describe('What it is called in addresses'),
        file: z.string().describe('Below the dashboards directory'),
        title: z.string(),
        type: z.string().nullable(),
        sample: z.boolean(),
        state: z.enum(['ready', 'changed', 'gone']),
        first_day: z.string(),
        last_day: z.string(),
        panels: z.array(PanelOutcome),
        sha256: z.string(),
        bytes: z.int(),
        files: z
          .array(z.object({format: DashboardFormat, file: z.string(), sha256: z.string(), bytes: z.int()}))
          .describe('One for each format; sha256 and bytes above are those of the first'),
        built_at: z.iso.datetime(),
      }),
    ),
  }),
  cli: {
    rows: 'pages',
    columns: ['id', 'title', 'sample', 'state', 'first_day', 'last_day', 'bytes', 'built_at'],
    examples: ['omni dashboard generated', 'omni dashboard generated --json'],
  },
  handler: () => import('../handlers/generated.ts'),
})
