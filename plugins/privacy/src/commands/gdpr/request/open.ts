import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestOpen} from '../../../operations/gdpr-request-open.ts'

export default commandFor(gdprRequestOpen, {present: () => import('../../../presentation/request-summary.ts')})
