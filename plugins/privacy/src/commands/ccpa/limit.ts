import {commandFor} from '@omni-ops/core/cli'
import {ccpaLimit} from '../../operations/ccpa-limit.ts'

export default commandFor(ccpaLimit, {present: () => import('../../presentation/request-lines.ts')})
