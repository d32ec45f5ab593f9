import {commandFor} from '@omni-ops/core/cli'
import {bench} from '../../operations/bench.ts'

export default commandFor(bench)
