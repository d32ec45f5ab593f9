import {commandFor} from '@omni-ops/core/cli'
import {forget} from '../../operations/forget.ts'

export default commandFor(forget)
