import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestList} from '../../../operations/gdpr-request-list.ts'

export default commandFor(gdprRequestList)
