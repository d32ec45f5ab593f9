import {commandFor} from '@omni-ops/core/cli'
import {scheduleRemove} from '../../../operations/schedule-remove.ts'

export default commandFor(scheduleRemove)
