import {type Context, type Handler, InvalidInputError} from '@omni-ops/core/operation'
import {processingLimits} from '@omni-ops/core/privacy'
import {Conversations, type Turn} from '../chat/conversations.ts'
import {carriedOver, rewrittenQuestion, type StandaloneQuestion} from '../chat/standalone-question.ts'
import {answerFrom} from '../collection/answering.ts'
import {Collection} from '../collection/collection.ts'
import type {chat} from '../operations/chat.ts'
import {answerOut} from './answer-output.ts'

type Input = Parameters<Handler<typeof chat>>[0]

export const handle: Handler<typeof chat> = async (input, context) => {
  const conversations = await Conversations.open(context)
  const conversation = await conversationOf(input, conversations, context)
  const turns = await conversations.turns(conversation.id)
  const collection = await Collection.open(conversation.collection, context)
  await collection.catalogue.requireCollection(conversation.collection)
  const limits = await processingLimits(context, 'search')
  const usable = turns.filter(({message, question, answer}) => limits.admits([message, question, answer]))
  const question = await questionOf(input, usable, collection, context)
  const answer = await answerFrom(
    collection,
    {
      text: question.text,
      topK: input.top_k,
      filter: await collection.visible(),
      extract: input.extract,
      lexical: input.lexical,
      rerank: input.rerank,
      ...(input.model === undefined ? {} : {model: input.model}),
    },
    context,
  )
  // An erasure may have taken turns out of the middle.
  const number = (turns.at(-1)?.number ?? 0) + 1
  await conversations.add(conversation, {
    number,
    message: input.message,
    question: question.text,
    answered: answer.answered,
    answer: answer.answer,
    sources: [...new Set(answer.citations.map(({source}) => source))],
  })
  return {
    conversation: conversation.id,
    turn: number,
    message: input.message,
    question: question.text,
    question_by: question.by,
    ...answerOut(answer, {collection: conversation.collection, showContext: input.show_context}),
  }
}

async function conversationOf(
  input: Input,
  conversations: Conversations,
  context: Context,
): Promise<{id: string; collection: string}> {
  if (input.conversation === undefined && !input.continue) {
    return {id: context.random.id(), collection: input.collection ?? 'default'}
  }
  const {id, collection} =
    input.conversation === undefined ? await conversations.latest() : await conversations.find(input.conversation)
  if (input.collection !== undefined && input.collection !== collection) {
    throw new InvalidInputError(`The conversation ${id} is about the collection "${collection}"`, {
      hint: 'leave --collection out, or begin a new conversation',
    })
  }
  return {id, collection}
}

async function questionOf(
  {message, extract, model: named}: Input,
  turns: readonly Turn[],
  {index, analyser}: Collection,
  context: Context,
): Promise<StandaloneQuestion> {
  if (turns.length === 0) return {text: message, by: 'message'}
  const model = extract ? undefined : await context.llm(named)
  const rewritten = model ? await rewrittenQuestion(message, turns, model, context.signal) : undefined
  if (rewritten) return rewritten
  if (model) {
    const said = `${model.provider} ${model.model} did not rewrite the message; words of the last question are added instead`
    context.emit({type: 'note', level: 'warn', message: said})
  }
  const {query} = await index.search(message, {limit: 1})
  const [language = 'und'] = query.languages
  await analyser.prepare([language])
  return carriedOver(message, turns, analyser, language)
}
