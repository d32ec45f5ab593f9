import type {Handler} from '@omni-ops/core/operation'
import {decideByHand} from '../requests/decide-by-hand.ts'
import {exceptionNamed} from '../requests/exceptions.ts'
import {RequestBook} from '../requests/request-book.ts'
import {requestOut} from './request-outputs.ts'
import type {gdprRequestDecide} from '../operations/gdpr-request-decide.ts'

export const handle: Handler<typeof gdprRequestDecide> = async (
  {request: id, items, all, decision, exception},
  context,
) => {
  const book = await RequestBook.open(context)
  const because = decision === 'keep' ? exceptionNamed(exception) : undefined
  const {request, changed} = await decideByHand(id, {items, all, because}, book)
  return {request: requestOut(request, context), changed}
}
