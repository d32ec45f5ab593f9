import {commandFor} from '@omni-ops/core/cli'
import {pluginsLink} from '@omni-ops/core/plugins/operations'

export default commandFor(pluginsLink, {
  withoutInstalled: true,
  present: () => import('@omni-ops/core/plugins/present-installed'),
})
