import type {Handler} from '@omni-ops/core/operation'
import {givenIdentities} from '../requests/given-identities.ts'
import {openRequest} from '../requests/open.ts'
import {RequestBook} from '../requests/request-book.ts'
import {instructionsOf} from './instructions.ts'
import {requestOut} from './request-outputs.ts'
import type {gdprRequestOpen} from '../operations/gdpr-request-open.ts'

export const handle: Handler<typeof gdprRequestOpen> = async (input, context) => {
  const book = await RequestBook.open(context)
  const options = {
    regime: input.regime,
    right: input.right,
    given: givenIdentities(input),
    receivedAt: input.received_at,
    country: input.country,
    language: input.language,
    instructions: instructionsOf(input),
  }
  return requestOut(await openRequest(options, book, context), context)
}
