import {type Handler, NotConfiguredError, NotFoundError} from '@omni-ops/core/operation'
import {admittedPassages, Collection} from '../collection/collection.ts'
import {draftQuestions} from '../evaluation/draft-questions.ts'
import type {draft} from '../operations/draft.ts'

/** Enough that what the documents say of a question is among them. */
const HITS = 10

/** Questions are drafted by a language model, and none is configured. */
class NoModelError extends NotConfiguredError {
  override readonly code = 'llm_not_configured'
}

/** The collection has no passage of this id that the caller may see. */
class UnknownPassageError extends NotFoundError {
  override readonly code = 'rag_unknown_passage'
}

export const handle: Handler<typeof draft> = async (input, context) => {
  const collection = await Collection.open(input.collection, context)
  await collection.catalogue.requireCollection(input.collection)
  const [passage] = await collection.index.get([input.passage])
  const admits = await admittedPassages(context)
  const isHidden = passage !== undefined && (await collection.catalogue.hidden([passage.documentId])).size > 0
  if (passage === undefined || isHidden || admits?.(passage) === false) {
    throw new UnknownPassageError(`The collection "${input.collection}" has no passage ${input.passage}`, {
      hint: 'it may have been ingested anew since: run it again',
    })
  }
  const model = await context.llm(input.model)
  if (!model) {
    throw new NoModelError('Questions are drafted by a language model, and none is configured', {
      hint: 'set RAG_LLM_BACKEND=openai|anthropic|ollama, or write the file by hand (docs/rag-evaluation.md)',
    })
  }
  const filter = await collection.visible()
  const {questions, discarded} = await draftQuestions(passage, input.known, {
    model,
    signal: context.signal,
    find: async question => (await collection.index.search(question, {limit: HITS, filter})).hits,
  })
  return {
    questions,
    discarded,
    model: `${model.provider} ${model.model}`,
  }
}
