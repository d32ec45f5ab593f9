import {commandFor} from '@omni-ops/core/cli'
import {configUnset} from '@omni-ops/core/config/operations'

export default commandFor(configUnset)
