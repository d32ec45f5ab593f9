import type {Handler} from '@omni-ops/core/operation'
import type {Citation} from '../answers/answer.ts'
import {answerFrom} from '../collection/answering.ts'
import {Collection} from '../collection/collection.ts'
import type {query} from '../operations/query.ts'

export const handle: Handler<typeof query> = async (input, context) => {
  const collection = await Collection.open(input.collection, context)
  await collection.catalogue.requireCollection(input.collection)
  const answer = await answerFrom(
    collection,
    {
      text: input.query,
      topK: input.top_k,
      filter: {
        metadata: input.filter_metadata ?? {},
        excludedDocumentIds: await collection.catalogue.removing(input.collection),
      },
      extract: input.extract,
      lexical: input.lexical,
      ...(input.system_prompt === undefined ? {} : {systemPrompt: input.system_prompt}),
      ...(input.model === undefined ? {} : {model: input.model}),
      ...(input.temperature === undefined ? {} : {temperature: input.temperature}),
    },
    context,
  )
  const nearest = answer.kind === 'extract' ? answer.nearest : undefined
  return {
    query: input.query,
    collection: input.collection,
    answered: answer.answered,
    answer: answer.answered ? answer.answer : unanswered(input.collection),
    kind: answer.kind,
    citations: answer.citations.map((citation, index) => ({
      ...citationOut(citation),
      number: citation.number ?? index + 1,
    })),
    confidence: answer.confidence,
    threshold: answer.threshold,
    nearest: nearest ? citationOut(nearest) : null,
    truncated: answer.kind === 'generated' && answer.truncated,
    dropped_citations: answer.kind === 'generated' ? answer.dropped_citations : 0,
    model: answer.kind === 'generated' ? `${answer.provider} ${answer.model}` : null,
  }
}

function unanswered(collection: string): string {
  return `The documents in "${collection}" do not contain an answer to this question.`
}

function citationOut(citation: Citation) {
  const {source, page, line_start, line_end, quote, score, passage_id} = citation
  return {source, page, line_start, line_end, quote, score, passage_id}
}
