import {commandFor} from '@omni-ops/core/cli'
import {gdprHoldRelease} from '../../../operations/gdpr-hold-release.ts'

export default commandFor(gdprHoldRelease)
