import {commandFor} from '@omni-ops/core/cli'
import {tune} from '../../operations/tune.ts'

export default commandFor(tune, {present: () => import('../../presentation/tune.ts')})
