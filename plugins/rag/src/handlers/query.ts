import type {Handler} from '@omni-ops/core/operation'
import {answerFrom} from '../collection/answering.ts'
import {Collection} from '../collection/collection.ts'
import type {query} from '../operations/query.ts'
import {answerOut} from './answer-output.ts'

export const handle: Handler<typeof query> = async (input, context) => {
  const collection = await Collection.open(input.collection, context)
  await collection.catalogue.requireCollection(input.collection)
  const answer = await answerFrom(
    collection,
    {
      text: input.query,
      topK: input.top_k,
      filter: await collection.visible(input.filter_metadata),
      extract: input.extract,
      lexical: input.lexical,
      rerank: input.rerank,
      ...(input.system_prompt === undefined ? {} : {systemPrompt: input.system_prompt}),
      ...(input.model === undefined ? {} : {model: input.model}),
      ...(input.temperature === undefined ? {} : {temperature: input.temperature}),
    },
    context,
  )
  return {query: input.query, ...answerOut(answer, {collection: input.collection, showContext: input.show_context})}
}
