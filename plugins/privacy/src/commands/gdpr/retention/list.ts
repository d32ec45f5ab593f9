import {commandFor} from '@omni-ops/core/cli'
import {gdprRetentionList} from '../../../operations/gdpr-retention-list.ts'

export default commandFor(gdprRetentionList)
