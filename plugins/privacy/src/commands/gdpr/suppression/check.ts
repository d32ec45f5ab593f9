import {commandFor} from '@omni-ops/core/cli'
import {gdprSuppressionCheck} from '../../../operations/gdpr-suppression-check.ts'

export default commandFor(gdprSuppressionCheck)
