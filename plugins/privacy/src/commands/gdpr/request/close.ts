import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestClose} from '../../../operations/gdpr-request-close.ts'

export default commandFor(gdprRequestClose, {present: () => import('../../../presentation/request-summary.ts')})
