import {commandFor} from '@omni-ops/core/cli'
import {health} from '../../operations/health.ts'

export default commandFor(health)
