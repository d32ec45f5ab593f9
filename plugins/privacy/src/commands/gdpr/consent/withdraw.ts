import {commandFor} from '@omni-ops/core/cli'
import {consentWithdraw} from '../../../operations/consent-withdraw.ts'

export default commandFor(consentWithdraw)
