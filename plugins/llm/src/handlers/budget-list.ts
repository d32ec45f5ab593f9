import type {Handler} from '@omni-ops/core/operation'
import {dollarsFromNano} from '../configuration/money.ts'
import type {budgetList} from '../operations/budget-list.ts'
import {budgetsOf, ledgerOf} from '../routing/open-engine.ts'
import {budgetOut} from './budget-output.ts'

export const handle: Handler<typeof budgetList> = async (_, context) => {
  await (await ledgerOf(context)).complete(context)
  const states = await (await budgetsOf(context)).states(context)
  return {
    budgets: states.map(state => ({
      ...budgetOut(state),
      whose: state.whose,
      spent_usd: dollarsFromNano(state.spentNanoUsd),
      reserved_usd: dollarsFromNano(state.reservedNanoUsd),
      unpriced: state.unpriced,
      period_start: state.periodStart,
      period_end: state.periodEnd,
    })),
  }
}
