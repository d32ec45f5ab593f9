import {commandFor} from '@omni-ops/core/cli'
import {zvopLog} from '../../operations/zvop-log.ts'

export default commandFor(zvopLog)
