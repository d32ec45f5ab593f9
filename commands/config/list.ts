import {commandFor} from '@omni-ops/core/cli'
import {configList} from '@omni-ops/core/config/operations'

export default commandFor(configList)
