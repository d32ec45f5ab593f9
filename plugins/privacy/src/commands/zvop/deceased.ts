import {commandFor} from '@omni-ops/core/cli'
import {zvopDeceased} from '../../operations/zvop-deceased.ts'

export default commandFor(zvopDeceased)
