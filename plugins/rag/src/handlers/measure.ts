import type {Handler} from '@omni-ops/core/operation'
import {Collection} from '../collection/collection.ts'
import {evaluateQuestions, missingSources} from '../evaluation/evaluate-questions.ts'
import type {measure} from '../operations/measure.ts'

export const handle: Handler<typeof measure> = async (input, context) => {
  const collection = await Collection.open(input.collection, context)
  await collection.catalogue.requireCollection(input.collection)
  const model = input.extract ? undefined : await context.llm(input.model)
  const asking = {
    topK: input.top_k,
    extract: input.extract,
    rerank: input.rerank,
    ...(input.model === undefined ? {} : {model: input.model}),
  }
  return {
    outcomes: await evaluateQuestions(input.questions, collection, asking, context),
    missing_sources: [...(await missingSources(input.questions, collection))],
    answers: model ? `${model.provider} ${model.model}` : 'extract',
  }
}
