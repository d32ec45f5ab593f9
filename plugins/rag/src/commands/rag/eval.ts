import {commandFor} from '@omni-ops/core/cli'
import {evaluate} from '../../operations/evaluate.ts'

export default commandFor(evaluate, {present: () => import('../../presentation/evaluate.ts')})
