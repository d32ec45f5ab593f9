import {commandFor} from '@omni-ops/core/cli'
import {profileUse} from '@omni-ops/core/profile/operations'

export default commandFor(profileUse)
