import {commandFor} from '@omni-ops/core/cli'
import {gdprNoticeSettle} from '../../../operations/gdpr-notice-settle.ts'

export default commandFor(gdprNoticeSettle)
