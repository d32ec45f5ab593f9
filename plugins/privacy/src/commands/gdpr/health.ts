import {commandFor} from '@omni-ops/core/cli'
import {gdprHealth} from '../../operations/gdpr-health.ts'

export default commandFor(gdprHealth)
