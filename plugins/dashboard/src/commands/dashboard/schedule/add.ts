import {commandFor} from '@omni-ops/core/cli'
import {scheduleAdd} from '../../../operations/schedule-add.ts'

export default commandFor(scheduleAdd)
