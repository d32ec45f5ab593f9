import {commandFor} from '@omni-ops/core/cli'
import {consentCheck} from '../../../operations/consent-check.ts'

export default commandFor(consentCheck)
