import {commandFor} from '@omni-ops/core/cli'
import {pluginsInstall} from '@omni-ops/core/plugins/operations'

export default commandFor(pluginsInstall, {
  withoutInstalled: true,
  present: () => import('@omni-ops/core/plugins/present-installed'),
})
