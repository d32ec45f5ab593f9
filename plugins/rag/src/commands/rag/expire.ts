import {commandFor} from '@omni-ops/core/cli'
import {expire} from '../../operations/expire.ts'

export default commandFor(expire)
