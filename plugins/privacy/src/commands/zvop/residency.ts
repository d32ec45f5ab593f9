import {commandFor} from '@omni-ops/core/cli'
import {zvopResidency} from '../../operations/zvop-residency.ts'

export default commandFor(zvopResidency)
