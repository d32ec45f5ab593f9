import {commandFor} from '@omni-ops/core/cli'
import {profileRemove} from '@omni-ops/core/profile/operations'

export default commandFor(profileRemove)
