import {commandFor} from '@omni-ops/core/cli'
import {pluginsCreate} from '@omni-ops/core/plugins/operations'

export default commandFor(pluginsCreate, {
  withoutInstalled: true,
  present: () => import('@omni-ops/core/plugins/present-created'),
})
