import type {Handler} from '@omni-ops/core/operation'
import {createBudget} from '../differential-privacy/budget-ledger.ts'
import type {budgetCreate} from '../operations/budget-create.ts'
import {budgetOutput} from './budget-output.ts'

export const handle: Handler<typeof budgetCreate> = async (input, context) =>
  budgetOutput(await createBudget(context, input))
