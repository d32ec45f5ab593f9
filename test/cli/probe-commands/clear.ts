import {commandFor} from '@omni-ops/core/cli'
import {probeClear} from '../probe.ts'

export default commandFor(probeClear)
