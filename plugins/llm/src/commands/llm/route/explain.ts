import {commandFor} from '@omni-ops/core/cli'
import {routeExplain} from '../../../operations/route-explain.ts'

export default commandFor(routeExplain, {present: () => import('../../../presentation/route-explain.ts')})
