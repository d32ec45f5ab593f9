import {commandFor} from '@omni-ops/core/cli'
import {configGet} from '@omni-ops/core/config/operations'

export default commandFor(configGet)
