import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestItems} from '../../../operations/gdpr-request-items.ts'

export default commandFor(gdprRequestItems)
