import {commandFor} from '@omni-ops/core/cli'
import {webhooksTest} from '@omni-ops/core/webhooks/operations'

export default commandFor(webhooksTest)
