import {commandFor} from '@omni-ops/core/cli'
import {whoami} from '@omni-ops/core/profile/operations'

export default commandFor(whoami)
