import type {Handler} from '@omni-ops/core/operation'
import {givenIdentities} from '../requests/given-identities.ts'
import {answerInOneGo, changesFor, rehearse} from '../requests/in-one-go.ts'
import {runOut} from './request-outputs.ts'
import type {gdprRectify} from '../operations/gdpr-rectify.ts'

export const handle: Handler<typeof gdprRectify> = async (input, context) => {
  const given = givenIdentities(input)
  const changes = await changesFor({...input, given}, context)
  const options = {
    regime: 'gdpr',
    right: 'rectification',
    given,
    receivedAt: input.received_at,
    country: input.country,
    language: input.language,
    instructions: {changes},
  } as const
  return runOut(await (input.dry_run ? rehearse(options, context) : answerInOneGo(options, context)), context)
}
