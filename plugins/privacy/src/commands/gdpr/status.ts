import {commandFor} from '@omni-ops/core/cli'
import {gdprStatus} from '../../operations/gdpr-status.ts'

export default commandFor(gdprStatus, {present: () => import('../../presentation/status.ts')})
