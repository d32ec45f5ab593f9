import {commandFor} from '@omni-ops/core/cli'
import {configSet} from '@omni-ops/core/config/operations'

export default commandFor(configSet)
