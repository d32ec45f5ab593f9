import {commandFor} from '@omni-ops/core/cli'
import {retain} from '../../operations/retain.ts'

export default commandFor(retain)
