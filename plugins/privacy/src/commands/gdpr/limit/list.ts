import {commandFor} from '@omni-ops/core/cli'
import {gdprLimitList} from '../../../operations/gdpr-limit-list.ts'

export default commandFor(gdprLimitList)
