import type {Handler} from '@omni-ops/core/operation'
import {givenIdentities} from '../../requests/given-identities.ts'
import {disclose} from './disclose.ts'
import {instructionsOf} from './instructions.ts'
import type {gdprAccess} from '../../operations/gdpr/access.ts'

export const handle: Handler<typeof gdprAccess> = async (input, context) =>
  disclose(
    {
      regime: 'gdpr',
      right: 'access',
      given: givenIdentities(input),
      receivedAt: input.received_at,
      country: input.country,
      language: input.language,
      instructions: instructionsOf(input),
    },
    {closing: input.deliver},
    context,
  )
