import {commandFor} from '@omni-ops/core/cli'
import {keysShow} from '@omni-ops/core/keys/operations'

export default commandFor(keysShow)
