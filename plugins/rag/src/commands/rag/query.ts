import {commandFor} from '@omni-ops/core/cli'
import {query} from '../../operations/query.ts'

export default commandFor(query, {present: () => import('../../presentation/query.ts')})
