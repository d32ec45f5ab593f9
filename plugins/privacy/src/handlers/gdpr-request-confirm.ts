import type {Handler} from '@omni-ops/core/operation'
import {assertOpen} from '../requests/open.ts'
import {RequestBook} from '../requests/request-book.ts'
import {requestOut} from './request-outputs.ts'
import type {gdprRequestConfirm} from '../operations/gdpr-request-confirm.ts'

export const handle: Handler<typeof gdprRequestConfirm> = async ({request: id}, context) => {
  const book = await RequestBook.open(context)
  await assertOpen(id, book)
  const changes = {confirmedAt: context.clock.now().toISOString()}
  return requestOut(await book.step(id, 'note', {step: 'confirmed', changes}), context)
}
