import type {Handler} from '@omni-ops/core/operation'
import {givenIdentities} from '../requests/given-identities.ts'
import {answerInOneGo} from '../requests/in-one-go.ts'
import {instructionsOf} from './instructions.ts'
import {runOut} from './request-outputs.ts'
import type {gdprRestrict} from '../operations/gdpr-restrict.ts'

export const handle: Handler<typeof gdprRestrict> = async (input, context) => {
  const answered = await answerInOneGo(
    {
      regime: 'gdpr',
      right: 'restriction',
      given: givenIdentities(input),
      receivedAt: input.received_at,
      country: input.country,
      language: input.language,
      instructions: instructionsOf(input),
    },
    context,
  )
  return runOut(answered, context)
}
