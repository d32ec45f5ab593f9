import {commandFor} from '@omni-ops/core/cli'
import {auditVerify} from '@omni-ops/core/audit/operations'

export default commandFor(auditVerify)
