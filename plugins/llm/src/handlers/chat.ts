import type {Handler} from '@omni-ops/core/operation'
import {processingLimits} from '@omni-ops/core/privacy'
import {gather, openRouter, promptCached, requestOf, routedOut} from '../asking/asked.ts'
import {type Conversation, Conversations} from '../chat/conversations.ts'
import type {CompletionMessage} from '../model/completion-request.ts'
import type {chat} from '../operations/chat.ts'

type Input = Parameters<Handler<typeof chat>>[0]

export const handle: Handler<typeof chat> = async (input, context) => {
  const conversations = await Conversations.open(context)
  const known = await conversationOf(input, conversations)
  const turns = known ? await conversations.turns(known.id) : []
  const router = await openRouter(context)
  const conversation = {
    id: known?.id ?? context.random.id(),
    target: input.model ?? known?.target ?? router.configuration.defaultTarget,
    system: input.system ?? known?.system ?? null,
  }
  const limits = await processingLimits(context, 'search')
  const usable = turns.filter(({message, answer}) => limits.admits([message, answer]))
  const messages: CompletionMessage[] = usable.flatMap(({message, answer}): CompletionMessage[] => [
    {role: 'user', content: [{type: 'text', text: message}]},
    {role: 'assistant', content: [{type: 'text', text: answer}]},
  ])
  const generation = {...input, model: conversation.target, system: conversation.system ?? undefined}
  const asked = requestOf(generation, {
    messages: [...messages, {role: 'user', content: [{type: 'text', text: input.message}]}],
  })
  const request = promptCached(asked, input.prompt_cache, {continued: true})
  const answer = await gather(router, generation, request, context)
  // An erasure may have taken turns out of the middle.
  const number = (turns.at(-1)?.number ?? 0) + 1
  await conversations.add(conversation, {number, message: input.message, answer: answer.text})
  return {...routedOut(answer), conversation: conversation.id, turn: number, text: answer.text}
}

async function conversationOf(input: Input, conversations: Conversations): Promise<Conversation | undefined> {
  if (input.conversation !== undefined) return conversations.find(input.conversation)
  return input.continue ? conversations.latest() : undefined
}
