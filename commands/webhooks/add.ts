import {commandFor} from '@omni-ops/core/cli'
import {webhooksAdd} from '@omni-ops/core/webhooks/operations'

export default commandFor(webhooksAdd, {present: () => import('@omni-ops/core/webhooks/present')})
