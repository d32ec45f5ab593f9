import {commandFor} from '@omni-ops/core/cli'
import {webhooksRotateSecret} from '@omni-ops/core/webhooks/operations'

export default commandFor(webhooksRotateSecret, {present: () => import('@omni-ops/core/webhooks/present')})
