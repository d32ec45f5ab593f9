import {commandFor} from '@omni-ops/core/cli'
import {consentList} from '../../../operations/consent-list.ts'

export default commandFor(consentList)
