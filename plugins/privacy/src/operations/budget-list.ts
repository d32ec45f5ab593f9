import * as z from 'zod'
import {defineOperation} from '@omni-ops/core/operation'
import {BudgetOutput} from './release-schemas.ts'

export const budgetList = defineOperation({
  id: 'privacy.budget.list',
  summary: 'List privacy budgets and what is spent of them',
  http: {method: 'GET', path: '/api/v1/privacy/budgets'},
  scopes: ['privacy:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({budgets: z.array(BudgetOutput).describe('By name')}),
  cli: {
    rows: 'budgets',
    columns: ['name', 'epsilon', 'delta', 'spent.epsilon', 'releases', 'created_at'],
    examples: ['omni privacy budget list'],
  },
  handler: () => import('../handlers/budget-list.ts'),
})
