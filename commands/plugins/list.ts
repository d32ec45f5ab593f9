import {commandFor} from '@omni-ops/core/cli'
import {pluginsList} from '@omni-ops/core/plugins/operations'

export default commandFor(pluginsList, {withoutInstalled: true})
