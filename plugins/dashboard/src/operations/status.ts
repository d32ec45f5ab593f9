import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const status = defineOperation({
  id: 'dashboard.status',
  summary: 'Show which types are built, when, and whether their pages are as they were built',
  http: {method: 'GET', path: '/api/v1/dashboards/build/status'},
  scopes: ['dashboard:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    types: z.int(),
    built: z.int(),
    dashboards: z.array(
      z.object({
        name: z.string(),
        priority: z.int(),
        state: z.enum(['not_built', 'ready', 'changed', 'gone']),
        sample: z.boolean().nullable(),
        panels: z.int(),
        panels_shown: z.int().nullable(),
        built_at: z.iso.datetime().nullable(),
        file: z.string().nullable(),
      }),
    ),
  }),
  cli: {
    rows: 'dashboards',
    columns: ['name', 'priority', 'state', 'sample', 'panels_shown', 'panels', 'built_at'],
    examples: ['omni dashboard status'],
  },
  handler: () => import('../handlers/status.ts'),
})
