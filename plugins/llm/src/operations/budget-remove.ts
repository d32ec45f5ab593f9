import {defineOperation} from '@omni-ops/core/operation'
import * as z from 'zod'

export const budgetRemove = defineOperation({
  id: 'llm.budget.remove',
  summary: 'Remove a budget',
  http: {method: 'DELETE', path: '/api/v1/llm/budgets/{id}'},
  scopes: ['llm:admin'],
  effects: 'destructive',
  input: z.object({id: z.string().min(1).max(100).describe('The id of the budget')}),
  output: z.object({id: z.string(), removed: z.literal(true)}),
  cli: {args: ['id'], confirm: 'yes', examples: ['omni llm budget remove 0198f3a2-… --yes']},
  handler: () => import('../handlers/budget-remove.ts'),
})
