import type {Handler} from '@omni-ops/core/operation'
import {givenIdentities} from '../requests/given-identities.ts'
import {answerInOneGo, rehearse} from '../requests/in-one-go.ts'
import {instructionsOf} from './instructions.ts'
import {runOut} from './request-outputs.ts'
import type {gdprErase} from '../operations/gdpr-erase.ts'

export const handle: Handler<typeof gdprErase> = async (input, context) => {
  const options = {
    regime: 'gdpr',
    right: 'erasure',
    given: givenIdentities(input),
    receivedAt: input.received_at,
    country: input.country,
    language: input.language,
    instructions: instructionsOf(input),
  } as const
  return runOut(await (input.dry_run ? rehearse(options, context) : answerInOneGo(options, context)), context)
}
