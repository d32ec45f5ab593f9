import type {Handler} from '@omni-ops/core/operation'
import {close} from '../requests/close.ts'
import {RequestBook} from '../requests/request-book.ts'
import {requestOut} from './request-outputs.ts'
import type {gdprRequestClose} from '../operations/gdpr-request-close.ts'

export const handle: Handler<typeof gdprRequestClose> = async ({request: id}, context) => {
  const book = await RequestBook.open(context)
  return requestOut(await close(id, {type: 'withdraw'}, {step: 'withdrawn'}, book, context), context)
}
