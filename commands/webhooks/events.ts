import {commandFor} from '@omni-ops/core/cli'
import {webhooksEvents} from '@omni-ops/core/webhooks/operations'

export default commandFor(webhooksEvents)
