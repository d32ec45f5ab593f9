import {commandFor} from '@omni-ops/core/cli'
import {reembed} from '../../operations/reembed.ts'

export default commandFor(reembed)
