import type {Handler} from '@omni-ops/core/operation'
import {RequestBook} from '../requests/request-book.ts'
import {requestOut} from './request-outputs.ts'
import type {gdprRequestApprove} from '../operations/gdpr-request-approve.ts'

export const handle: Handler<typeof gdprRequestApprove> = async ({request: id, note}, context) => {
  const book = await RequestBook.open(context)
  const details = note === undefined ? {} : {note}
  return requestOut(await book.step(id, {type: 'approve'}, {step: 'approved', details}), context)
}
