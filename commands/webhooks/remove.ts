import {commandFor} from '@omni-ops/core/cli'
import {webhooksRemove} from '@omni-ops/core/webhooks/operations'

export default commandFor(webhooksRemove)
