import {commandFor} from '@omni-ops/core/cli'
import {optimize} from '../../operations/optimize.ts'

export default commandFor(optimize)
