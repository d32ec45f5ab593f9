import {commandFor} from '@omni-ops/core/cli'
import {list} from '../../operations/list.ts'

export default commandFor(list)
