import {commandFor} from '@omni-ops/core/cli'
import {keysList} from '@omni-ops/core/keys/operations'

export default commandFor(keysList)
