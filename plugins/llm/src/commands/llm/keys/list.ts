import {commandFor} from '@omni-ops/core/cli'
import {keysList} from '../../../operations/keys-list.ts'

export default commandFor(keysList)
