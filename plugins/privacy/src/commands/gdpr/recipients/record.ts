import {commandFor} from '@omni-ops/core/cli'
import {gdprRecipientsRecord} from '../../../operations/gdpr-recipients-record.ts'

export default commandFor(gdprRecipientsRecord)
