import {commandFor} from '@omni-ops/core/cli'
import {webhooksUpdate} from '@omni-ops/core/webhooks/operations'

export default commandFor(webhooksUpdate)
