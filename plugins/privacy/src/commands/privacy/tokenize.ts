import {commandFor} from '@omni-ops/core/cli'
import {tokenize} from '../../operations/tokenize.ts'

export default commandFor(tokenize)
