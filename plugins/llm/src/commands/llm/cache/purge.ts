import {commandFor} from '@omni-ops/core/cli'
import {cachePurge} from '../../../operations/cache-purge.ts'

export default commandFor(cachePurge)
