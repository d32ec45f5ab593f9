import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {locationFields} from './schemas.ts'

export const validate = defineOperation({
  id: 'dashboard.validate',
  summary: 'Check a dashboard and its catalogue against data, with every panel tried',
  scopes: ['dashboard:read'],
  effects: 'read',
  input: z.object({
    spec: z.string().min(1).max(4096).describe('The dashboard, as a YAML or JSON FILE'),
    catalog: z.string().min(1).max(4096).describe('The catalogue, as a YAML or JSON FILE'),
    ...locationFields,
  }),
  output: z.object({
    valid: z.boolean(),
    panels: z.array(z.object({id: z.string(), title: z.string(), valid: z.boolean(), problem: z.string().nullable()})),
  }),
  cli: {
    names: {tables: 'table'},
    args: ['spec'],
    rows: 'panels',
    columns: ['id', 'title', 'valid', 'problem'],
    examples: ['omni dashboard validate weekly.yaml --catalog catalog.yaml --data sales.csv'],
  },
  outcome: ({valid}) => (valid ? 0 : 7),
  handler: () => import('../handlers/validate.ts'),
})
