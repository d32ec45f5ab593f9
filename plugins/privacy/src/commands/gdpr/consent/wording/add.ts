import {commandFor} from '@omni-ops/core/cli'
import {consentWordingAdd} from '../../../../operations/consent-wording-add.ts'

export default commandFor(consentWordingAdd)
