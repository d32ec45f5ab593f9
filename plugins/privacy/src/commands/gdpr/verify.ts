import {commandFor} from '@omni-ops/core/cli'
import {gdprVerify} from '../../operations/gdpr-verify.ts'

export default commandFor(gdprVerify, {present: () => import('../../presentation/verified.ts')})
