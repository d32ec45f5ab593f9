import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const catalog = defineOperation({
  id: 'dashboard.catalog',
  summary: 'List metrics and dimensions of the types: what they are made of, their unit, and whether they add up',
  http: {method: 'GET', path: '/api/v1/dashboards/catalog'},
  scopes: ['dashboard:read'],
  effects: 'read',
  input: z.object({type: z.string().min(1).max(100).optional().describe('Only this type')}),
  output: z.object({
    entries: z.array(
      z.object({
        type: z.string(),
        kind: z.enum(['metric', 'dimension']),
        name: z.string(),
        title: z.string(),
        made_of: z.string(),
        grain: z.string().describe('What one row is, by the columns of its key'),
        unit: z.string().nullable(),
        additivity: z.enum(['additive', 'semi-additive', 'none']).nullable(),
      }),
    ),
  }),
  cli: {
    rows: 'entries',
    columns: ['type', 'kind', 'name', 'made_of', 'grain', 'unit', 'additivity'],
    examples: ['omni dashboard catalog --type "Revenue Analytics"'],
  },
  handler: () => import('../handlers/catalog.ts'),
})
