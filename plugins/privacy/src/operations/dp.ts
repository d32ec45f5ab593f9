import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {Columns} from './anonymization-schemas.ts'
import {budgetName, ReleaseOutput, releaseFields} from './release-schemas.ts'

export const dp = defineOperation({
  id: 'privacy.dp',
  summary: 'Answer a question about a table with differential privacy',
  description:
    'A count, sum, mean, quantile or histogram with exact noise for what one person can change. The budget is debited ' +
    'before the answer, and what is spent does not come back.',
  http: {method: 'POST', path: '/api/v1/privacy/dp'},
  scopes: ['privacy:write'],
  effects: 'write',
  repeatable: false,
  input: z.object({
    columns: Columns,
    rows: z.array(z.array(z.string())).max(200_000).describe('The rows, each a list of texts'),
    budget: budgetName,
    ...releaseFields,
  }),
  output: ReleaseOutput,
  cli: {
    omit: ['columns', 'rows', 'question'],
    rows: 'values',
    examples: [
      'omni privacy dp visits.csv --count --person patient_id --epsilon 0.5 --budget visits',
      'omni privacy dp visits.csv --mean age --bounds 0:120 --person patient_id --epsilon 0.5 --budget visits',
      'omni privacy dp visits.csv --histogram ward --person patient_id --epsilon 1 --delta 1e-6 --budget visits --dry-run',
    ],
  },
  example: {
    columns: ['patient_id', 'age'],
    rows: [
      ['p1', '34'],
      ['p2', '71'],
    ],
    budget: 'visits',
    question: {kind: 'mean', column: 'age', lower: '0', upper: '120'},
    epsilon: '0.5',
    person: 'patient_id',
  },
  handler: () => import('../handlers/dp.ts'),
})
