import {commandFor} from '@omni-ops/core/cli'
import {zvopReport} from '../../operations/zvop-report.ts'

export default commandFor(zvopReport)
