import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {locationFields} from './schemas.ts'

export const catalogInfer = defineOperation({
  id: 'dashboard.catalog.infer',
  summary: 'Draft a catalogue from the columns of data',
  description:
    'Without a type: what columns hold, and which lead to other tables, is taken from their names, types and values, and has ' +
    'to be read over by somebody who knows the data. With one: the metrics of that type that the data have, and why the others are missing.',
  scopes: ['dashboard:read'],
  effects: 'read',
  input: z.object({
    ...locationFields,
    type: z.string().min(1).max(100).optional().describe('The type of dashboard that it is for'),
  }),
  output: z.object({
    catalog: z.record(z.string(), z.unknown()),
    missing: z.array(
      z.object({kind: z.enum(['metric', 'dimension']), name: z.string(), title: z.string(), reason: z.string()}),
    ),
  }),
  cli: {
    names: {tables: 'table'},
    args: ['data'],
    examples: [
      'omni dashboard catalog infer sales.csv > catalog.yaml',
      'omni dashboard catalog infer sales.csv --type "Revenue Analytics"',
    ],
  },
  handler: () => import('../handlers/catalog-infer.ts'),
})
