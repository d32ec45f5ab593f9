import {commandFor} from '@omni-ops/core/cli'
import {keysCreate} from '@omni-ops/core/keys/operations'

export default commandFor(keysCreate, {present: () => import('@omni-ops/core/keys/present')})
