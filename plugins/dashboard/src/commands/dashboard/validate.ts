import {commandFor} from '@omni-ops/core/cli'
import {validate} from '../../operations/validate.ts'

export default commandFor(validate)
