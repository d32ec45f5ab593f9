import type {Handler} from '@omni-ops/core/operation'
import {processingLimits} from '@omni-ops/core/privacy'
import {Conversations} from '../chat/conversations.ts'
import type {conversationsShow} from '../operations/conversations-show.ts'

export const handle: Handler<typeof conversationsShow> = async ({conversation: id}, context) => {
  const conversations = await Conversations.open(context)
  const {target, system} = await conversations.find(id)
  const turns = await conversations.turns(id)
  const limits = await processingLimits(context, 'search')
  const shown = turns.filter(({message, answer}) => limits.admits([message, answer]))
  return {
    id,
    target,
    system: system !== null && limits.admits([system]) ? system : null,
    turns: shown.map(({number, message, answer, askedAt}) => ({number, message, answer, asked_at: askedAt})),
    withheld: turns.length - shown.length,
  }
}
