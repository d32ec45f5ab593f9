import type {Handler} from '@omni-ops/core/operation'
import {extendedDeadline} from '../requests/deadlines.ts'
import {assertOpen} from '../requests/open.ts'
import {RequestBook} from '../requests/request-book.ts'
import {requestOut} from './request-outputs.ts'
import type {gdprRequestExtend} from '../operations/gdpr-request-extend.ts'

export const handle: Handler<typeof gdprRequestExtend> = async ({request: id, reason}, context) => {
  const book = await RequestBook.open(context)
  const request = await assertOpen(id, book)
  const toldAt = context.clock.now()
  const extended = extendedDeadline(request, {reasons: reason, toldAt})
  const changes = {extension: {at: toldAt.toISOString(), reason, ...extended}}
  return requestOut(
    await book.step(id, 'note', {step: 'extended', details: {due_by: extended.dueBy}, changes}),
    context,
  )
}
