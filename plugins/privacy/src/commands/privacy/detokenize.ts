import {commandFor} from '@omni-ops/core/cli'
import {detokenize} from '../../operations/detokenize.ts'

export default commandFor(detokenize)
