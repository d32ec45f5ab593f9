import {commandFor} from '@omni-ops/core/cli'
import {types} from '../../operations/types.ts'

export default commandFor(types)
