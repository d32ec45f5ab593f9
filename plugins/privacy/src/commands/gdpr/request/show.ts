import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestShow} from '../../../operations/gdpr-request-show.ts'

export default commandFor(gdprRequestShow, {present: () => import('../../../presentation/request-detail.ts')})
