import type {Handler} from '@omni-ops/core/operation'
import type {gdprRequestOpen} from '../operations/gdpr-request-open.ts'
import {givenIdentities} from '../requests/given-identities.ts'
import {changesFor} from '../requests/in-one-go.ts'
import {openRequest} from '../requests/open.ts'
import {RequestBook} from '../requests/request-book.ts'
import {instructionsOf} from './instructions.ts'
import {requestOut} from './request-outputs.ts'

export const handle: Handler<typeof gdprRequestOpen> = async (input, context) => {
  const book = await RequestBook.open(context)
  const given = givenIdentities(input)
  const {corrections} = input
  const changes = corrections === undefined ? {} : {changes: await changesFor({given, corrections}, context)}
  const options = {
    regime: input.regime,
    right: input.right,
    given,
    receivedAt: input.received_at,
    country: input.country,
    language: input.language,
    instructions: {...instructionsOf(input), ...changes},
  }
  return requestOut(await openRequest(options, book, context), context)
}
