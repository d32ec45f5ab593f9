import {commandFor} from '@omni-ops/core/cli'
import {gdprHoldList} from '../../../operations/gdpr-hold-list.ts'

export default commandFor(gdprHoldList)
