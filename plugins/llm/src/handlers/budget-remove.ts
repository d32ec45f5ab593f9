import type {Handler} from '@omni-ops/core/operation'
import type {budgetRemove} from '../operations/budget-remove.ts'
import {budgetsOf} from '../routing/open-engine.ts'

export const handle: Handler<typeof budgetRemove> = async ({id}, context) => {
  await (await budgetsOf(context)).remove(context, id)
  return {id, removed: true}
}
