import {commandFor} from '@omni-ops/core/cli'
import {profileList} from '@omni-ops/core/profile/operations'

export default commandFor(profileList)
