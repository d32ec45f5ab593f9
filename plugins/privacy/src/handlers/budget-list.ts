import type {Handler} from '@omni-ops/core/operation'
import {listBudgets} from '../differential-privacy/budget-ledger.ts'
import type {budgetList} from '../operations/budget-list.ts'
import {budgetOutput} from './budget-output.ts'

export const handle: Handler<typeof budgetList> = async (_input, context) => ({
  budgets: (await listBudgets(context)).map(budgetOutput),
})
