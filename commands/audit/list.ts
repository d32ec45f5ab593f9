import {commandFor} from '@omni-ops/core/cli'
import {auditList} from '@omni-ops/core/audit/operations'

export default commandFor(auditList)
