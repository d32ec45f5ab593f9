import {commandFor} from '@omni-ops/core/cli'
import {probeRows} from '../probe.ts'

export default commandFor(probeRows)
