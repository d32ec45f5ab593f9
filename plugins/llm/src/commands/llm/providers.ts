import {commandFor} from '@omni-ops/core/cli'
import {providers} from '../../operations/providers.ts'

export default commandFor(providers)
