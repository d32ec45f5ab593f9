import {commandFor} from '@omni-ops/core/cli'
import {gdprRecipientsSet} from '../../../operations/gdpr-recipients-set.ts'

export default commandFor(gdprRecipientsSet)
