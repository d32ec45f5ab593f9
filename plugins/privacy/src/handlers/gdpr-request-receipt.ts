import type {Handler} from '@omni-ops/core/operation'
import {RequestBook} from '../requests/request-book.ts'
import {receiptOut} from './request-outputs.ts'
import type {gdprRequestReceipt} from '../operations/gdpr-request-receipt.ts'

export const handle: Handler<typeof gdprRequestReceipt> = async ({request: id}, context) => {
  const book = await RequestBook.open(context)
  return receiptOut(await book.get(id))
}
