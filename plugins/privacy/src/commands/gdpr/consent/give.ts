import {commandFor} from '@omni-ops/core/cli'
import {consentGive} from '../../../operations/consent-give.ts'

export default commandFor(consentGive)
