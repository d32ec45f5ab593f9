import {commandFor} from '@omni-ops/core/cli'
import {gdprHoldPlace} from '../../../operations/gdpr-hold-place.ts'

export default commandFor(gdprHoldPlace)
