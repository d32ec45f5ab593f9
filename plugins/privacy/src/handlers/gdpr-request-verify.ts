import type {Handler} from '@omni-ops/core/operation'
import {assertNotDisputed, proceedUnverified, verify} from '../requests/open.ts'
import {RequestBook} from '../requests/request-book.ts'
import {requestOut} from './request-outputs.ts'
import type {gdprRequestVerify} from '../operations/gdpr-request-verify.ts'

export const handle: Handler<typeof gdprRequestVerify> = async ({request: id, method, note, field}, context) => {
  const book = await RequestBook.open(context)
  const request = await book.get(id)
  assertNotDisputed(
    field,
    (request.instructions.changes ?? []).map(change => change.field),
  )
  if (method === 'failed') return requestOut(await proceedUnverified(id, book), context)
  if (method === 'more_needed') {
    return requestOut(await book.step(id, {type: 'ask_identity'}, {step: 'identity_asked'}), context)
  }
  return requestOut(await verify(id, {method, note}, book, context), context)
}
