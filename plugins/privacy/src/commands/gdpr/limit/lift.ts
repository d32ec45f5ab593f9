import {commandFor} from '@omni-ops/core/cli'
import {gdprLimitLift} from '../../../operations/gdpr-limit-lift.ts'

export default commandFor(gdprLimitLift)
