import type {Context} from '@omni-ops/core/operation'
import {InvalidInputError} from '@omni-ops/core/operation'
import type {Collection} from '../collection/collection.ts'
import {rankedEvidence} from '../evaluation/evidence.ts'
import {ndcgAt} from '../evaluation/metrics.ts'
import type {Evidence} from '../evaluation/question-set.ts'
import type {FusionWeights} from '../ranking/ranker.ts'
import {type CrossValidated, crossValidate} from './cross-validation.ts'

/** A query whose right passages are known. */
export interface JudgedQuestion {
  readonly question: string
  readonly evidence: readonly Evidence[]
}

export interface Tuning extends Omit<CrossValidated, 'best'> {
  /** What is best over all queries. */
  readonly weights: FusionWeights
  readonly questions: number
  /** Whether held-out queries show a gain: the 95 % interval of the difference is above 0. */
  readonly isBetter: boolean
}

/** There are too few judged queries to tell anything. */
export class TooFewQuestionsError extends InvalidInputError {
  override readonly code = 'rag_too_few_questions'
}

const FEWEST_QUESTIONS = 20
/** Passages looked at for the first ten pieces of evidence: several may be of one document. */
const PASSAGES_PER_QUESTION = 30
const CUTOFF = 10

const TERM_SHARES = [0.25, 0.5, 0.75]
/** The ranker's own weight, which training found, is among the baseline's. */
const DOCUMENT_WEIGHTS = [0, 0.14, 0.27, 0.4, 0.6]
const DENSE_SHARES = [0, 0.15, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85]

/**
 * Looks for the weights of a collection's lists that find most for some judged queries, by nDCG at 10 and
 * cross-validation. Queries that name no evidence, or none that the collection has, are judged like any other: they
 * tell nothing apart.
 * @throws TooFewQuestionsError, and what a search throws.
 */
export async function tuneWeights(
  collection: Collection,
  questions: readonly JudgedQuestion[],
  context: Context,
): Promise<Tuning> {
  const judged = questions.filter(({evidence}) => evidence.length > 0)
  if (judged.length < FEWEST_QUESTIONS) {
    throw new TooFewQuestionsError(
      `${judged.length} of the queries say what is relevant; at least ${FEWEST_QUESTIONS} are needed`,
      {hint: 'omni rag eval generate drafts questions from the documents, for review'},
    )
  }
  const filter = await collection.visible()
  const scores: number[][] = []
  let candidates: readonly FusionWeights[] = []
  for (const {question, evidence} of judged) {
    context.signal.throwIfAborted()
    const {vector, weights = {}} = await collection.searchOptions(question, {lexical: false})
    candidates = [weights, ...weightings(vector !== undefined)]
    const lists = await collection.index.searchWeighted(question, candidates, {
      limit: PASSAGES_PER_QUESTION,
      filter,
      ...(vector === undefined ? {} : {vector}),
    })
    scores.push(
      lists.map(passages => {
        const {ranked, grades} = rankedEvidence(passages, evidence)
        return ndcgAt(CUTOFF, ranked, grades)
      }),
    )
    context.emit({type: 'progress', label: 'Searching', done: scores.length, total: judged.length, unit: 'queries'})
  }
  const {best, ...validated} = crossValidate(scores, 0)
  const isBetter = best !== 0 && (validated.test.interval?.low ?? 0) > 0
  return {...validated, weights: candidates[best]!, questions: judged.length, isBetter}
}

/** What is tried: every combination of some steps of each weight. */
function weightings(hasVectors: boolean): FusionWeights[] {
  return TERM_SHARES.flatMap(terms =>
    DOCUMENT_WEIGHTS.flatMap(document =>
      hasVectors
        ? DENSE_SHARES.map(dense => ({terms, grams: 1 - terms, document, dense}))
        : [{terms, grams: 1 - terms, document}],
    ),
  )
}
