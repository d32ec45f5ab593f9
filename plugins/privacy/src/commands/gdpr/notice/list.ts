import {commandFor} from '@omni-ops/core/cli'
import {gdprNoticeList} from '../../../operations/gdpr-notice-list.ts'

export default commandFor(gdprNoticeList)
