import type {Handler} from '@omni-ops/core/operation'
import {givenIdentities} from '../requests/given-identities.ts'
import {answerInOneGo, rehearse} from '../requests/in-one-go.ts'
import {runOut} from './request-outputs.ts'
import type {ccpaDelete} from '../operations/ccpa-delete.ts'

export const handle: Handler<typeof ccpaDelete> = async (input, context) => {
  const options = {
    regime: 'ccpa',
    right: 'delete',
    given: givenIdentities(input),
    receivedAt: input.received_at,
    instructions: {},
  } as const
  return runOut(await (input.dry_run ? rehearse(options, context) : answerInOneGo(options, context)), context)
}
