import {commandFor} from '@omni-ops/core/cli'
import {ccpaMetrics} from '../../operations/ccpa-metrics.ts'

export default commandFor(ccpaMetrics)
