import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestCheckReceipt} from '../../../operations/gdpr-request-check-receipt.ts'

export default commandFor(gdprRequestCheckReceipt)
