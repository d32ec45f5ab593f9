import type {Handler} from '@omni-ops/core/operation'
import {addWording} from '../consent/wordings.ts'
import type {consentWordingAdd} from '../operations/consent-wording-add.ts'
import {wordingOutput} from './consent-output.ts'

export const handle: Handler<typeof consentWordingAdd> = async (input, context) =>
  wordingOutput(await addWording(context, input))
