import {commandFor} from '@omni-ops/core/cli'
import {cacheStats} from '../../../operations/cache-stats.ts'

export default commandFor(cacheStats)
