import {commandFor} from '@omni-ops/core/cli'
import {ccpaOptOut} from '../../operations/ccpa-opt-out.ts'

export default commandFor(ccpaOptOut, {present: () => import('../../presentation/request-lines.ts')})
