import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {Columns, RiskOutput, Rows, thresholdField} from './anonymization-schemas.ts'

export const risk = defineOperation({
  id: 'privacy.risk',
  summary: 'Measure the risk that somebody is recognised in a table',
  description:
    'Prosecutor, journalist and marketer risk of the combinations of values in the quasi-identifiers, per person and ' +
    'not per row.',
  http: {method: 'POST', path: '/api/v1/privacy/risk'},
  scopes: ['privacy:read'],
  effects: 'read',
  input: z.object({
    columns: Columns,
    rows: Rows,
    quasi_identifiers: z.array(z.string()).min(1).describe('The columns by which somebody could be recognised'),
    person: z.string().optional().describe('The column that names the person of a row'),
    subset: z.string().optional().describe('The column that tells rows of the table from the population around it'),
    risk_threshold: thresholdField,
  }),
  output: RiskOutput,
  cli: {
    omit: ['columns', 'rows'],
    examples: ['omni privacy risk patients.csv --quasi-identifier age --quasi-identifier zip --person patient_id'],
  },
  example: {
    columns: ['age', 'zip'],
    rows: [
      ['34', '1000'],
      ['36', '1001'],
    ],
    quasi_identifiers: ['age', 'zip'],
  },
  handler: () => import('../handlers/risk.ts'),
})
