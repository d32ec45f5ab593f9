import type {Handler} from '@omni-ops/core/operation'
import {checkConsent} from '../consent/consent-ledger.ts'
import type {consentCheck} from '../operations/consent-check.ts'
import {stateOutput} from './consent-output.ts'

export const handle: Handler<typeof consentCheck> = async (input, context) =>
  stateOutput(await checkConsent(context, input))
