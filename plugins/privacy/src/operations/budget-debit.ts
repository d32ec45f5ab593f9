import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {budgetName, Guarantee, releaseFields} from './release-schemas.ts'

export const budgetDebit = defineOperation({
  id: 'privacy.budget.debit',
  summary: 'Debit a release from a privacy budget, before it is answered elsewhere',
  description: 'For tables that stay where they are: `omni privacy dp` debits here and answers beside the table.',
  http: {method: 'POST', path: '/api/v1/privacy/budgets/debit'},
  scopes: ['privacy:write'],
  effects: 'write',
  repeatable: false,
  input: z.object({budget: budgetName, ...releaseFields}),
  output: z.object({release_id: z.string(), budget: budgetName, spent: Guarantee}),
  cli: {
    omit: ['question'],
    examples: ['omni privacy dp visits.csv --count --epsilon 0.5 --budget visits'],
  },
  handler: () => import('../handlers/budget-debit.ts'),
})
