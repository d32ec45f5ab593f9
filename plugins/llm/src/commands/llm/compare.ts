import {commandFor} from '@omni-ops/core/cli'
import {compare} from '../../operations/compare.ts'

export default commandFor(compare, {present: () => import('../../presentation/comparison.ts')})
