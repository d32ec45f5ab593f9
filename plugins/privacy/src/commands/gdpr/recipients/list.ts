import {commandFor} from '@omni-ops/core/cli'
import {gdprRecipientsList} from '../../../operations/gdpr-recipients-list.ts'

export default commandFor(gdprRecipientsList)
