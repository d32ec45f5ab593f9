import {commandFor} from '@omni-ops/core/cli'
import {conversationsShow} from '../../../operations/conversations-show.ts'

export default commandFor(conversationsShow, {present: () => import('../../../presentation/conversation.ts')})
