import type {Handler} from '@omni-ops/core/operation'
import {close} from '../requests/close.ts'
import {exceptionNamed} from '../requests/exceptions.ts'
import {RequestBook} from '../requests/request-book.ts'
import {requestOut} from './request-outputs.ts'
import type {gdprRequestRefuse} from '../operations/gdpr-request-refuse.ts'

export const handle: Handler<typeof gdprRequestRefuse> = async ({request: id, exception, reason}, context) => {
  const book = await RequestBook.open(context)
  const because = exceptionNamed(exception)
  const refusal = {reason: reason ?? because.reason, citation: because.citation}
  return requestOut(await close(id, {type: 'refuse'}, {step: 'refused', refusal}, book, context), context)
}
