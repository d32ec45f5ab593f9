import {commandFor} from '@omni-ops/core/cli'
import {search} from '../../operations/search.ts'

export default commandFor(search, {present: () => import('../../presentation/search.ts')})
