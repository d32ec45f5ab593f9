import {commandFor} from '@omni-ops/core/cli'
import {gdprRequestRun} from '../../../operations/gdpr-request-run.ts'

export default commandFor(gdprRequestRun, {present: () => import('../../../presentation/request-lines.ts')})
