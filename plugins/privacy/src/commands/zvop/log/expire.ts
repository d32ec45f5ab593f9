import {commandFor} from '@omni-ops/core/cli'
import {zvopLogExpire} from '../../../operations/zvop-log.ts'

export default commandFor(zvopLogExpire)
