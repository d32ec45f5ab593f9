import {type Handler, InvalidInputError} from '@omni-ops/core/operation'
import {budgetSchema} from '../configuration/schema.ts'
import type {budgetSet} from '../operations/budget-set.ts'
import {budgetsOf} from '../routing/open-engine.ts'
import {budgetOut} from './budget-output.ts'

export const handle: Handler<typeof budgetSet> = async ({soft, ...input}, context) => {
  const parsed = budgetSchema().safeParse({...input, hard: !soft})
  if (!parsed.success) throw new InvalidInputError(parsed.error.issues.map(({message}) => message).join('; '))
  if (input.scope === 'tenant' && input.of !== undefined) {
    throw new InvalidInputError('A budget of the tenant is of nobody else', {hint: '--scope key or --scope model'})
  }
  return budgetOut(await (await budgetsOf(context)).set(context, parsed.data))
}
