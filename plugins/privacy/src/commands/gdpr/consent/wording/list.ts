import {commandFor} from '@omni-ops/core/cli'
import {consentWordingList} from '../../../../operations/consent-wording-list.ts'

export default commandFor(consentWordingList)
