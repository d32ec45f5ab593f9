import {commandFor} from '@omni-ops/core/cli'
import {diff} from '../../operations/diff.ts'

export default commandFor(diff)
