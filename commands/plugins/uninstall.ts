import {commandFor} from '@omni-ops/core/cli'
import {pluginsUninstall} from '@omni-ops/core/plugins/operations'

export default commandFor(pluginsUninstall, {withoutInstalled: true})
