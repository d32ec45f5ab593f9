import {commandFor} from '@omni-ops/core/cli'
import {zvopLogAdd} from '../../../operations/zvop-log.ts'

export default commandFor(zvopLogAdd)
