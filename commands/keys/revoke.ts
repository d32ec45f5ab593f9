import {commandFor} from '@omni-ops/core/cli'
import {keysRevoke} from '@omni-ops/core/keys/operations'

export default commandFor(keysRevoke)
