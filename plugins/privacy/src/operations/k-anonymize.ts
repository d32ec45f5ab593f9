import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {AnonymizationOutput, anonymizationFields, Columns, Rows} from './anonymization-schemas.ts'

export const kAnonymize = defineOperation({
  id: 'privacy.k-anonymize',
  summary: 'Generalise a table until nobody in it can be told from others',
  description:
    'k-anonymity with l-diversity, t-closeness and δ-presence, counted in persons. Finds the best generalisation of all, ' +
    'and reports what is lost and what risk remains. Columns without a role are not published.',
  http: {method: 'POST', path: '/api/v1/privacy/k-anonymize'},
  scopes: ['privacy:read'],
  effects: 'read',
  input: z.object({columns: Columns, rows: Rows, ...anonymizationFields}),
  output: z.object({
    columns: Columns,
    rows: z.array(z.array(z.string())).describe('The rows to publish'),
    report: AnonymizationOutput,
  }),
  cli: {
    omit: ['columns', 'rows', 'quasi_identifiers', 'sensitive', 'presence'],
    examples: [
      'omni privacy k-anonymize patients.csv --quasi-identifier age=interval:5 --quasi-identifier zip=redaction --k 5 --out safe.csv',
      'omni privacy k-anonymize adult.csv --hierarchies ./hierarchies --k 5 --suppression 4% --dry-run',
      'omni privacy k-anonymize visits.csv --hierarchies ./hierarchies --person patient_id --sensitive diagnosis=t-closeness:0.2 --out safe.csv',
    ],
  },
  example: {
    columns: ['age', 'zip', 'diagnosis'],
    rows: [
      ['34', '1000', 'flu'],
      ['36', '1001', 'asthma'],
      ['35', '1002', 'flu'],
      ['38', '1003', 'diabetes'],
    ],
    quasi_identifiers: [
      {name: 'age', hierarchy: {kind: 'interval', width: 5}},
      {name: 'zip', hierarchy: {kind: 'redaction'}},
    ],
    keep: ['diagnosis'],
    k: 2,
  },
  handler: () => import('../handlers/k-anonymize.ts'),
})
