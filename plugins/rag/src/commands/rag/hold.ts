import {commandFor} from '@omni-ops/core/cli'
import {hold} from '../../operations/hold.ts'

export default commandFor(hold)
