import type {Handler} from '@omni-ops/core/operation'
import {givenIdentities} from '../requests/given-identities.ts'
import {answerInOneGo} from '../requests/in-one-go.ts'
import {runOut} from './request-outputs.ts'
import type {ccpaOptOut} from '../operations/ccpa-opt-out.ts'

export const handle: Handler<typeof ccpaOptOut> = async (input, context) => {
  const given = givenIdentities(input)
  const options = {regime: 'ccpa', right: 'opt_out', given, receivedAt: input.received_at, instructions: {}} as const
  return runOut(await answerInOneGo(options, context), context)
}
