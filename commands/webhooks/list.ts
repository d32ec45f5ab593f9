import {commandFor} from '@omni-ops/core/cli'
import {webhooksList} from '@omni-ops/core/webhooks/operations'

export default commandFor(webhooksList)
