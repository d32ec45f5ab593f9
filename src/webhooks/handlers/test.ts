import type {Handler} from '../../operation/operation.ts'
import type {webhooksTest} from '../operations/test.ts'
import {sendTest} from '../send-test.ts'

export const handle: Handler<typeof webhooksTest> = async ({endpoint}, context) => {
  const {event, attempt} = await sendTest(context, endpoint)
  const {at, milliseconds, status, error, response} = attempt
  return {delivered: error === null, event, at: at.toISOString(), milliseconds, status, error, response}
}
