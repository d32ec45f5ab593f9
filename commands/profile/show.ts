import {commandFor} from '@omni-ops/core/cli'
import {profileShow} from '@omni-ops/core/profile/operations'

export default commandFor(profileShow)
