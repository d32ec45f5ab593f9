import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestApprove} from '../../../operations/gdpr-request-approve.ts'

export default commandFor(gdprRequestApprove, {present: () => import('../../../presentation/request-summary.ts')})
