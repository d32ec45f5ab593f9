import {commandFor} from '@omni-ops/core/cli'
import {webhooksShow} from '@omni-ops/core/webhooks/operations'

export default commandFor(webhooksShow)
