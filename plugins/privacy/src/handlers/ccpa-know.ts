import type {Handler} from '@omni-ops/core/operation'
import type {ccpaKnow} from '../operations/ccpa-know.ts'
import {disclose} from './disclose.ts'
import {instructionsOf} from './instructions.ts'

export const handle: Handler<typeof ccpaKnow> = async (input, context) =>
  disclose(
    {
      regime: 'ccpa',
      // Who was not verified is told categories and nothing more (11 CCR 7024(a)).
      right: input.specific && input.verified ? 'know_specific' : 'know_categories',
      described: input,
      receivedAt: input.received_at,
      instructions: instructionsOf(input),
      closing: input.deliver,
    },
    context,
  )
