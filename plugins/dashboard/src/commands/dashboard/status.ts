import {commandFor} from '@omni-ops/core/cli'
import {status} from '../../operations/status.ts'

export default commandFor(status)
