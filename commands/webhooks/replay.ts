import {commandFor} from '@omni-ops/core/cli'
import {webhooksReplay} from '@omni-ops/core/webhooks/operations'

export default commandFor(webhooksReplay)
