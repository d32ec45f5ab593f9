import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestReceipt} from '../../../operations/gdpr-request-receipt.ts'

export default commandFor(gdprRequestReceipt)
