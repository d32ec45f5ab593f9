import {commandFor} from '@omni-ops/core/cli'
import {gdprDeadline} from '../../operations/law.ts'

export default commandFor(gdprDeadline)
