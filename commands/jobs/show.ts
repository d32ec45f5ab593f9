import {commandFor} from '@omni-ops/core/cli'
import {jobsShow} from '@omni-ops/core/jobs/operations'

export default commandFor(jobsShow)
