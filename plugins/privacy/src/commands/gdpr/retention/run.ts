import {commandFor} from '@omni-ops/core/cli'
import {gdprRetentionRun} from '../../../operations/gdpr-retention-run.ts'

export default commandFor(gdprRetentionRun)
