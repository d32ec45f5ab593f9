import {commandFor} from '@omni-ops/core/cli'
import {ccpaCorrect} from '../../operations/ccpa-correct.ts'

export default commandFor(ccpaCorrect, {present: () => import('../../presentation/request-lines.ts')})
