import {commandFor} from '@omni-ops/core/cli'
import {conversations} from '../../operations/conversations.ts'

export default commandFor(conversations)
