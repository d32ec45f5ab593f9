import type {Handler} from '@omni-ops/core/operation'
import {RequestBook} from '../requests/request-book.ts'
import {deliver} from '../requests/run.ts'
import {receiptOut, requestOut} from './request-outputs.ts'
import type {gdprRequestDeliver} from '../operations/gdpr-request-deliver.ts'

export const handle: Handler<typeof gdprRequestDeliver> = async ({request: id, archive_sha256: sha256}, context) => {
  const book = await RequestBook.open(context)
  const closed = await deliver(id, sha256, book, context)
  return {request: requestOut(closed, context), receipt: receiptOut(closed)}
}
