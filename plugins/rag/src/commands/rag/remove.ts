import {commandFor} from '@omni-ops/core/cli'
import {remove} from '../../operations/remove.ts'

export default commandFor(remove)
