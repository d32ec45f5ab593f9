import type {Handler} from '@omni-ops/core/operation'
import {debit} from '../differential-privacy/budget-ledger.ts'
import {planRelease} from '../differential-privacy/release-request.ts'
import type {budgetDebit} from '../operations/budget-debit.ts'
import {questionText, releaseRequestFrom} from './release-request.ts'

export const handle: Handler<typeof budgetDebit> = async ({budget, ...input}, context) => {
  const {expenditures, request} = planRelease(releaseRequestFrom(input))
  const {id, spent} = await debit(context, {name: budget, question: questionText(request.question), expenditures})
  return {release_id: id, budget, spent: {...spent}}
}
