import type {Handler} from '@omni-ops/core/operation'
import {debit} from '../differential-privacy/budget-ledger.ts'
import {release} from '../differential-privacy/release.ts'
import {planRelease} from '../differential-privacy/release-request.ts'
import type {dp} from '../operations/dp.ts'
import {tableOf} from '../table/table-source.ts'
import {releaseOutput} from './release-output.ts'
import {questionText, releaseRequestFrom} from './release-request.ts'

/** The debit is committed before the table is looked at: a crash in between costs budget and discloses nothing. */
export const handle: Handler<typeof dp> = async ({columns, rows, budget, ...input}, context) => {
  const plan = planRelease(releaseRequestFrom(input))
  const source = tableOf('the table', columns, rows)
  const {question} = plan.request
  const {id, spent} = await debit(context, {
    name: budget,
    question: questionText(question),
    expenditures: plan.expenditures,
  })
  const answer = await release(source, plan, context.random, context.signal)
  return {release_id: id, ...releaseOutput(answer), budget, spent: {...spent}}
}
