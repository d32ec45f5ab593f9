import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'
import {BudgetOutput} from './schemas.ts'

export const budgetList = defineOperation({
  id: 'llm.budget.list',
  summary: 'List budgets, and what is spent of each',
  http: {method: 'GET', path: '/api/v1/llm/budgets'},
  scopes: ['llm:read'],
  effects: 'read',
  input: z.object({}),
  output: z.object({
    budgets: z.array(
      BudgetOutput.extend({
        whose: z.string().describe('Whose account this is, where each is counted by itself'),
        spent_usd: z.string(),
        reserved_usd: z.string().describe('What calls that are under way may still cost'),
        unpriced: z.int().describe('Calls whose price nobody knows'),
        period_start: z.iso.datetime().nullable(),
        period_end: z.iso.datetime().nullable(),
      }),
    ),
  }),
  cli: {
    rows: 'budgets',
    columns: [
      'id',
      'scope',
      'whose',
      'window',
      'limit_usd',
      'spent_usd',
      'reserved_usd',
      'unpriced',
      'hard',
      'period_end',
    ],
    examples: ['omni llm budget list'],
  },
  handler: () => import('../handlers/budget-list.ts'),
})
