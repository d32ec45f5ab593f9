import {commandFor} from '@omni-ops/core/cli'
import {keysRotate} from '@omni-ops/core/keys/operations'

export default commandFor(keysRotate, {present: () => import('@omni-ops/core/keys/present')})
