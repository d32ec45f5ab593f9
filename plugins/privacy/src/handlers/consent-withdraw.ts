import type {Handler} from '@omni-ops/core/operation'
import {withdrawConsent} from '../consent/consent-ledger.ts'
import type {consentWithdraw} from '../operations/consent-withdraw.ts'
import {entryOutput} from './consent-output.ts'

export const handle: Handler<typeof consentWithdraw> = async (input, context) => ({
  withdrawn: (await withdrawConsent(context, input)).map(entryOutput),
})
