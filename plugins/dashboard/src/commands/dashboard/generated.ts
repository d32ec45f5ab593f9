import {commandFor} from '@omni-ops/core/cli'
import {generated} from '../../operations/generated.ts'

export default commandFor(generated)
