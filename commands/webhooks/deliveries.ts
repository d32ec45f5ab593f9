import {commandFor} from '@omni-ops/core/cli'
import {webhooksDeliveries} from '@omni-ops/core/webhooks/operations'

export default commandFor(webhooksDeliveries)
