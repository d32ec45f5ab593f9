import weights from './sentence.weights.json' with {type: 'json'}
import type {Candidate} from './sentence-features.ts'
import {SENTENCE_FEATURES} from './sentence-features.ts'

/** A candidate with the probability that it holds the answer, given that one of the candidates does. */
export interface RankedSentence extends Candidate {
  readonly probability: number
}

/**
 * Orders sentences by a linear model whose scores a softmax turns into probabilities; they add up to 1 over the
 * candidates. The weights are made by `tools/train-answers.ts`.
 */
export function rankSentences(
  candidates: readonly Candidate[],
  model: Record<string, number> = weights.sentence,
): RankedSentence[] {
  const coefficients = SENTENCE_FEATURES.map(feature => model[feature] ?? 0)
  const scores = candidates.map(candidate => dot(candidate.features, coefficients))
  const highest = Math.max(...scores)
  const exponentials = scores.map(score => Math.exp(score - highest))
  const total = exponentials.reduce((sum, value) => sum + value, 0)
  return candidates
    .map((candidate, at) => ({...candidate, probability: exponentials[at]! / total}))
    .toSorted(
      (left, right) =>
        right.probability - left.probability || left.rank - right.rank || left.sentence.start - right.sentence.start,
    )
}

function dot(left: readonly number[], right: readonly number[]): number {
  let sum = 0
  for (let at = 0; at < left.length; at += 1) sum += left[at]! * right[at]!
  return sum
}
