import type {AnalysedQuestion} from './question.ts'
import weights from './sentence.weights.json' with {type: 'json'}
import type {Candidate, SentenceFeature} from './sentence-features.ts'
import {SENTENCE_FEATURES} from './sentence-features.ts'

/** The names of the features, as in the weights file. */
export const CONFIDENCE_FEATURES = [
  /** Share of the question's idf in the best sentence. */
  'coverage',
  /** The same with the sentences before and after it. */
  'coverage_near',
  /** The same with its whole passage and headings. */
  'coverage_passage',
  /** The highest share that any passage found has. */
  'coverage_best_passage',
  /** Share of the rarest question word in the best sentence. */
  'rarest_term',
  'adjacency',
  /** Share of the question's idf on words which no passage has; they lower every coverage and prove little. */
  'unknown_terms',
  /** ln(number of question words): full coverage of one word says less than of ten. */
  'question_length',
] as const

/** Values in the order of `CONFIDENCE_FEATURES` for a question, its candidates, and the best one of them. */
export function confidenceFeatures(
  question: AnalysedQuestion,
  candidates: readonly Candidate[],
  best: Candidate,
): number[] {
  const {terms} = question.reading(best.hit.language)
  const heaviest = Math.max(...terms.map(term => term.weight))
  const unknown = terms.reduce((sum, term) => (term.isKnown ? sum : sum + term.weight), 0)
  const coverage = featureValue(best, 'coverage')
  return [
    coverage,
    coverage + featureValue(best, 'coverage_before') + featureValue(best, 'coverage_after'),
    featureValue(best, 'coverage_passage'),
    Math.max(...candidates.map(candidate => featureValue(candidate, 'coverage_passage'))),
    featureValue(best, 'rarest_term') / heaviest,
    featureValue(best, 'adjacency'),
    unknown,
    Math.log(terms.length),
  ]
}

/** The estimated probability, from 0 to 1, that a question with these features is answered by the passages found. */
export function confidenceOf(features: readonly number[], model: Record<string, number> = weights.confidence): number {
  const score = CONFIDENCE_FEATURES.reduce((sum, name, at) => sum + (model[name] ?? 0) * features[at]!, model.bias ?? 0)
  return 1 / (1 + Math.exp(-score))
}

/** Of the questions that miss so much, one in thirty is answered by what was found (XQuAD in English). */
const MOST_MISSING = 0.65
const CONFIDENCE_WHEN_MISSING = 1 / 30

/**
 * The confidence in an answer to a question most of which no passage found speaks of. The logistic model above adds
 * such signals up, and one that is strong makes good for another: a sentence that has all the rest of the question.
 * @param confidence by the model.
 */
export function withoutMissingWords(
  confidence: number,
  question: AnalysedQuestion,
  candidates: readonly Candidate[],
  best: Candidate,
): number {
  const missing = missingShare(question, candidates, best)
  return missing < MOST_MISSING ? confidence : Math.min(confidence, CONFIDENCE_WHEN_MISSING)
}

/** The share of the question's idf in words that none of the passages found has; half in those that one nearly has. */
function missingShare(question: AnalysedQuestion, candidates: readonly Candidate[], best: Candidate): number {
  const met = new Map<number, number>()
  for (const {hit, met: own} of new Map(candidates.map(candidate => [candidate.rank, candidate])).values()) {
    for (const [at, {position}] of question.reading(hit.language).terms.entries()) {
      met.set(position, Math.max(met.get(position) ?? 0, own[at] ?? 0))
    }
  }
  const {terms} = question.reading(best.hit.language)
  return terms.reduce((sum, {weight, position}) => sum + weight * (1 - (met.get(position) ?? 0)), 0)
}

function featureValue(candidate: Candidate, feature: SentenceFeature): number {
  return candidate.features[SENTENCE_FEATURES.indexOf(feature)]!
}
