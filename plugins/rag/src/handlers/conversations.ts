import type {Handler} from '@omni-ops/core/operation'
import {Conversations} from '../chat/conversations.ts'
import type {conversations} from '../operations/conversations.ts'

export const handle: Handler<typeof conversations> = async ({limit}, context) => {
  return {items: await (await Conversations.open(context)).list(limit)}
}
