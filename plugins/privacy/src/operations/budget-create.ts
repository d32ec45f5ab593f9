import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {BudgetOutput, budgetName, deltaField, epsilonField} from './release-schemas.ts'

export const budgetCreate = defineOperation({
  id: 'privacy.budget.create',
  summary: 'Open a privacy budget for a set of data',
  description: 'All releases under a budget together keep its ε and δ. A budget cannot be raised or emptied.',
  http: {method: 'POST', path: '/api/v1/privacy/budgets'},
  scopes: ['privacy:write'],
  effects: 'write',
  input: z.object({name: budgetName, epsilon: epsilonField, delta: deltaField.default('0')}),
  output: BudgetOutput,
  cli: {
    args: ['name'],
    columns: ['name', 'epsilon', 'delta', 'created_at'],
    examples: ['omni privacy budget create visits --epsilon 2 --delta 1e-6'],
  },
  handler: () => import('../handlers/budget-create.ts'),
})
