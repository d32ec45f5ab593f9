import {commandFor} from '@omni-ops/core/cli'
import {jobsList} from '@omni-ops/core/jobs/operations'

export default commandFor(jobsList)
