import type {Handler} from '@omni-ops/core/operation'
import {givenIdentities} from '../../requests/given-identities.ts'
import {disclose} from '../gdpr/disclose.ts'
import {instructionsOf} from '../gdpr/instructions.ts'
import type {ccpaKnow} from '../../operations/ccpa/know.ts'

export const handle: Handler<typeof ccpaKnow> = async (input, context) =>
  disclose(
    {
      regime: 'ccpa',
      // Who was not verified is told categories and nothing more (11 CCR 7024(a)).
      right: input.specific && input.verified ? 'know_specific' : 'know_categories',
      given: givenIdentities(input),
      receivedAt: input.received_at,
      instructions: instructionsOf(input),
    },
    {closing: input.deliver},
    context,
  )
