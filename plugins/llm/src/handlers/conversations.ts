import type {Handler} from '@omni-ops/core/operation'
import {processingLimits} from '@omni-ops/core/privacy'
import {Conversations} from '../chat/conversations.ts'
import type {conversations} from '../operations/conversations.ts'

export const handle: Handler<typeof conversations> = async ({limit}, context) => {
  const items = await (await Conversations.open(context)).list(limit)
  const limits = await processingLimits(context, 'search')
  return {items: items.map(each => (limits.admits([each.first_message]) ? each : {...each, first_message: ''}))}
}
