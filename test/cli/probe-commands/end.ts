import {commandFor} from '@omni-ops/core/cli'
import {probeEnd} from '../probe.ts'

export default commandFor(probeEnd)
