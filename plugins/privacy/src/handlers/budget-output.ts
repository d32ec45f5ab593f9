import type * as z from 'zod'
import type {BudgetState} from '../differential-privacy/budget-ledger.ts'
import type {BudgetOutput} from '../operations/release-schemas.ts'

export function budgetOutput({createdAt, spent, ...state}: BudgetState): z.output<typeof BudgetOutput> {
  return {...state, spent: {...spent}, created_at: createdAt}
}
