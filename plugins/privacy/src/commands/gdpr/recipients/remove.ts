import {commandFor} from '@omni-ops/core/cli'
import {gdprRecipientsRemove} from '../../../operations/gdpr-recipients-remove.ts'

export default commandFor(gdprRecipientsRemove)
