import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestVerify} from '../../../operations/gdpr-request-verify.ts'

export default commandFor(gdprRequestVerify, {present: () => import('../../../presentation/request-summary.ts')})
