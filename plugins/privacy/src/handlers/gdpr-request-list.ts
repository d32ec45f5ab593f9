import type {Handler} from '@omni-ops/core/operation'
import {RequestBook} from '../requests/request-book.ts'
import {requestOut} from './request-outputs.ts'
import type {gdprRequestList} from '../operations/gdpr-request-list.ts'

export const handle: Handler<typeof gdprRequestList> = async (
  {state, right, regime, overdue, limit, cursor},
  context,
) => {
  const book = await RequestBook.open(context)
  const found = await book.list({
    limit: limit + 1,
    ...(state === undefined ? {} : {state}),
    ...(right === undefined ? {} : {right}),
    ...(regime === undefined ? {} : {regime}),
    ...(overdue ? {lateAt: context.clock.now().toISOString()} : {}),
    ...(cursor === undefined ? {} : {after: cursor}),
  })
  const page = found.slice(0, limit)
  return {
    items: page.map(request => requestOut(request, context)),
    next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
    overdue,
  }
}
