import {commandFor} from '@omni-ops/core/cli'
import {scheduleRun} from '../../../operations/schedule-run.ts'

export default commandFor(scheduleRun)
