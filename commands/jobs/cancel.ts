import {commandFor} from '@omni-ops/core/cli'
import {jobsCancel} from '@omni-ops/core/jobs/operations'

export default commandFor(jobsCancel)
