import type {Context} from '@omni-ops/core/operation'
import type {Answer, Citation} from '../answers/answer.ts'
import {answerFound, findFor, type GroundedAnswer} from '../collection/answering.ts'
import type {Collection} from '../collection/collection.ts'
import type {Passage} from '../index/passage.ts'
import {containsAnswer} from './answer-normalisation.ts'
import {FOUND_KEPT, PASSAGES_PER_QUERY, rankingMeasures} from './evaluate-retrieval.ts'
import type {QueryOutcome} from './evaluation-result.ts'
import {isEvidence, isSameSource, rankedEvidence} from './evidence.ts'
import type {RerankerName} from '../reranking/reranker.ts'
import type {Evidence, ExpectedAnswer} from './question-set.ts'

/** How the questions are asked; what `omni rag query` takes. */
export interface AskingOptions {
  readonly topK: number
  readonly extract: boolean
  readonly model?: string
  readonly rerank?: RerankerName | undefined
}

/**
 * Asks every question of a collection, as `omni rag query` does, and measures what comes back: the passages found
 * against the evidence, the answer against the expected ones, its citations against the documents, and whether what
 * has no answer is refused.
 *
 * @throws What a search and the language model throw.
 */
export async function evaluateQuestions(
  questions: readonly ExpectedAnswer[],
  collection: Collection,
  asking: AskingOptions,
  context: Context,
): Promise<QueryOutcome[]> {
  const outcomes: QueryOutcome[] = []
  const filter = await collection.visible()
  // What a model writes is measured, not shown.
  const quiet: Context = {...context, emit: () => undefined}
  for (const expected of questions) {
    context.signal.throwIfAborted()
    const question = {text: expected.question, filter, ...asking}
    const began = context.clock.elapsed()
    const findings = await findFor(collection, question, PASSAGES_PER_QUERY, quiet)
    const searched = context.clock.elapsed()
    const answer = await answerFound(collection, question, findings, quiet)
    const answered = context.clock.elapsed()
    const hits = findings.hits.slice(0, PASSAGES_PER_QUERY)
    outcomes.push({
      id: expected.id,
      question: expected.question,
      measures: {
        ...retrievalMeasures(hits, expected),
        ...answerMeasures(answer, expected),
        ...(await citationMeasures(answer, expected, collection)),
      },
      found: hits.slice(0, FOUND_KEPT).map(({source, lineStart}) => `${source}:${lineStart}`),
      expected: [...expected.answers, ...expected.evidence.map(describeEvidence)],
      answer: answer.answered ? answer.answer : null,
      answerable: expected.answerable,
      confidence: answer.confidence,
      search_ms: searched - began,
      answer_ms: answered - began,
    })
    context.emit({type: 'progress', label: 'Asking', done: outcomes.length, total: questions.length, unit: 'questions'})
  }
  return outcomes
}

/** The sources that questions name and the collection does not hold: their questions cannot go well. */
export async function missingSources(
  questions: readonly ExpectedAnswer[],
  collection: Collection,
): Promise<readonly string[]> {
  const named = new Set(questions.flatMap(({evidence}) => evidence.map(({source}) => source)))
  for await (const {source} of collection.documents()) {
    for (const each of named) if (isSameSource(source, each)) named.delete(each)
    if (named.size === 0) break
  }
  return [...named]
}

function retrievalMeasures(hits: readonly Passage[], {evidence, answerable}: ExpectedAnswer): Record<string, number> {
  if (!answerable || evidence.length === 0) return {}
  const {ranked, grades} = rankedEvidence(hits, evidence)
  return rankingMeasures(ranked, grades)
}

function answerMeasures(answer: GroundedAnswer, expected: ExpectedAnswer): Record<string, number> {
  const {answerable, answers} = expected
  const refused = answer.answered ? 0 : 1
  const support: Record<string, number> =
    answer.kind === 'generated' && answer.claims > 0 ? {supported: 1 - answer.unsupported.length / answer.claims} : {}
  if (!answerable) return {...support, true_refusals: refused, accuracy: refused}
  if (answers.length === 0) return {...support, false_refusals: refused}
  const contains = answer.answered && containsAnswer(answer.answer, answers) ? 1 : 0
  return {...support, false_refusals: refused, contains_answer: contains, accuracy: contains}
}

/**
 * Citation precision and recall in the sense of ALCE (Gao et al., Enabling Large Language Models to Generate Text with
 * Citations, EMNLP 2023), with the question's own evidence as the judge instead of a model.
 */
async function citationMeasures(
  {answered, citations}: Answer,
  {answerable, evidence}: ExpectedAnswer,
  {index}: Collection,
): Promise<Record<string, number>> {
  const passages = new Map(
    (await index.get([...new Set(citations.map(citation => citation.passage_id))])).map(each => [each.id, each]),
  )
  const exact = citations.filter(citation => isVerbatim(citation, passages.get(citation.passage_id))).length
  const quotes: Record<string, number> = citations.length === 0 ? {} : {exact_quote: exact / citations.length}
  if (!answerable || evidence.length === 0) return quotes
  const holds = (citation: Citation, each: Evidence) => {
    const passage = passages.get(citation.passage_id)
    return passage !== undefined && isEvidence(passage, each)
  }
  const right = citations.filter(citation => evidence.some(each => holds(citation, each))).length
  const cited = evidence.filter(each => citations.some(citation => holds(citation, each))).length
  return {
    ...quotes,
    ...(answered && citations.length > 0 ? {citation_precision: right / citations.length} : {}),
    citation_recall: cited / evidence.length,
  }
}

/** Reads the passage anew, and not what the answer says of it. */
function isVerbatim({start, end, quote}: Citation, passage: Passage | undefined): boolean {
  return passage !== undefined && passage.text.slice(start - passage.start, end - passage.start) === quote
}

function describeEvidence({source, page, quote}: Evidence): string {
  return [source, page === undefined ? '' : ` page ${page}`, quote === undefined ? '' : `: “${quote}”`].join('')
}
