import {commandFor} from '@omni-ops/core/cli'
import {probeDrop} from '../probe.ts'

export default commandFor(probeDrop)
