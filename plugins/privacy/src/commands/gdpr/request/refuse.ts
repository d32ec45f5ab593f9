import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestRefuse} from '../../../operations/gdpr-request-refuse.ts'

export default commandFor(gdprRequestRefuse, {present: () => import('../../../presentation/request-summary.ts')})
