import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const types = defineOperation({
  id: 'dashboard.types',
  summary: 'List the types of dashboards, and the metrics that each needs',
  http: {method: 'GET', path: '/api/v1/dashboards/types'},
  scopes: ['dashboard:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    types: z.array(
      z.object({
        name: z.string(),
        slug: z.string(),
        priority: z.int(),
        summary: z.string(),
        panels: z.int(),
        metrics: z.array(z.string()),
        tables: z.array(z.string()),
      }),
    ),
  }),
  cli: {rows: 'types', columns: ['name', 'priority', 'panels', 'summary'], examples: ['omni dashboard types']},
  handler: () => import('../handlers/types.ts'),
})
