import type {Handler} from '@omni-ops/core/operation'
import type {gdprAccess} from '../operations/gdpr-access.ts'
import {disclose} from './disclose.ts'
import {instructionsOf} from './instructions.ts'

export const handle: Handler<typeof gdprAccess> = async (input, context) =>
  disclose(
    {
      regime: 'gdpr',
      right: 'access',
      described: input,
      request: input.request,
      receivedAt: input.received_at,
      country: input.country,
      language: input.language,
      instructions: instructionsOf(input),
      closing: input.deliver,
    },
    context,
  )
