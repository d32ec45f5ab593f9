import {commandFor} from '@omni-ops/core/cli'
import {show} from '../../operations/show.ts'

export default commandFor(show)
