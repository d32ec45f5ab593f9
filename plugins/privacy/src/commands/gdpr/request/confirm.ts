import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestConfirm} from '../../../operations/gdpr-request-confirm.ts'

export default commandFor(gdprRequestConfirm, {present: () => import('../../../presentation/request-summary.ts')})
