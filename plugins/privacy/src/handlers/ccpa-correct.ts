import type {Handler} from '@omni-ops/core/operation'
import {givenIdentities} from '../requests/given-identities.ts'
import {answerInOneGo, changesFor, rehearse} from '../requests/in-one-go.ts'
import {assertNotDisputed} from '../requests/open.ts'
import {runOut} from './request-outputs.ts'
import type {ccpaCorrect} from '../operations/ccpa-correct.ts'

export const handle: Handler<typeof ccpaCorrect> = async (input, context) => {
  const given = givenIdentities(input)
  assertNotDisputed(input.verified_by_field, Object.keys(input.corrections))
  const changes = await changesFor({given, corrections: input.corrections}, context)
  const options = {
    regime: 'ccpa',
    right: 'correct',
    given,
    receivedAt: input.received_at,
    instructions: {changes},
  } as const
  return runOut(await (input.dry_run ? rehearse(options, context) : answerInOneGo(options, context)), context)
}
