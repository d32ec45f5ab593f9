import type {Handler} from '@omni-ops/core/operation'
import {Conversations} from '../chat/conversations.ts'
import type {forget} from '../operations/forget.ts'

export const handle: Handler<typeof forget> = async ({conversation}, context) => {
  await (await Conversations.open(context)).remove(conversation)
  return {conversation, forgotten: true}
}
