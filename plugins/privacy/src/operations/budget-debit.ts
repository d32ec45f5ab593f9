import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {budgetName, Guarantee, releaseFields} from './release-schemas.ts'

export const budgetDebit = defineOperation({
  id: 'privacy.budget.debit',
  summary: 'Debit a release from a privacy budget, before it is answered elsewhere',
  description: 'For tables that stay where they are: `omni privacy dp` debits here and answers beside the table.',
  http: {
    method: 'POST',
    path: '/api/v1/privacy/budgets/debit',
    description:
      'For tables that stay where they are: the answer is computed beside the table, once it is debited here.',
  },
  scopes: ['privacy:write'],
  effects: 'write',
  repeatable: false,
  input: z.object({budget: budgetName, ...releaseFields}),
  output: z.object({
    release_id: z.string().describe('How the audit log and the budget name it'),
    budget: budgetName,
    spent: Guarantee,
  }),
  cli: {
    omit: ['question'],
    examples: ['omni privacy dp visits.csv --count --epsilon 0.5 --budget visits'],
  },
  example: {budget: 'visits', question: {kind: 'count'}, epsilon: '0.5', person: 'patient_id'},
  handler: () => import('../handlers/budget-debit.ts'),
})
