import {commandFor} from '@omni-ops/core/cli'
import {stats} from '../../operations/stats.ts'

export default commandFor(stats)
