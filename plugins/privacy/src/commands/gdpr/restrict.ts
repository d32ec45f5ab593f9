import {commandFor} from '@omni-ops/core/cli'
import {gdprRestrict} from '../../operations/gdpr-restrict.ts'

export default commandFor(gdprRestrict, {present: () => import('../../presentation/request-lines.ts')})
