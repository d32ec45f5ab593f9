import {commandFor} from '@omni-ops/core/cli'
import {scheduleList} from '../../../operations/schedule-list.ts'

export default commandFor(scheduleList)
