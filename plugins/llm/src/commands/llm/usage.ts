import {commandFor} from '@omni-ops/core/cli'
import {usage} from '../../operations/usage.ts'

export default commandFor(usage)
