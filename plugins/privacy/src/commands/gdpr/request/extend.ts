import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestExtend} from '../../../operations/gdpr-request-extend.ts'

export default commandFor(gdprRequestExtend, {present: () => import('../../../presentation/request-summary.ts')})
