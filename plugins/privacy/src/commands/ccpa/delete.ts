import {commandFor} from '@omni-ops/core/cli'
import {ccpaDelete} from '../../operations/ccpa-delete.ts'

export default commandFor(ccpaDelete, {present: () => import('../../presentation/request-lines.ts')})
