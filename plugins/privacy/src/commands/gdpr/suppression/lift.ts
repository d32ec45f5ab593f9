import {commandFor} from '@omni-ops/core/cli'
import {gdprSuppressionLift} from '../../../operations/gdpr-suppression-lift.ts'

export default commandFor(gdprSuppressionLift)
