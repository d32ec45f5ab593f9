import {mean} from '../evaluation/metrics.ts'
import {type PairedTest, pairedTest} from '../evaluation/resampling.ts'
import {seededRandom} from '../seeded-random.ts'

/** How good each weighting is on each query: `scores[query][weighting]`, higher is better. */
export type ScoreTable = readonly (readonly number[])[]

export interface CrossValidated {
  /** The weighting that is best over all queries; the baseline's own where none is better. */
  readonly best: number
  /** The baseline's mean over all queries. */
  readonly before: number
  /** The mean that weightings chosen without a query reached on it: what choosing like this is worth on new queries. */
  readonly after: number
  /** Of the held-out scores against the baseline's, query by query. */
  readonly test: PairedTest
}

/** Every run parts the queries alike. */
const SEED = 20_240_229

/**
 * Chooses a weighting by k-fold cross-validation: each fold's queries are judged under the weighting that was best on
 * all other folds (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2009, section 7.10), so that
 * the gain it reports was not fitted to the queries it is measured on.
 * @param baseline the weighting to beat; it also wins ties.
 * @throws RangeError for fewer queries than folds.
 */
export function crossValidate(scores: ScoreTable, baseline: number, folds = 5): CrossValidated {
  if (scores.length < folds) throw new RangeError(`${scores.length} queries cannot be parted into ${folds} folds`)
  const order = shuffled(scores.length)
  const heldOut: number[] = []
  const differences: number[] = []
  for (let fold = 0; fold < folds; fold++) {
    const isIn = (at: number) => at % folds === fold
    const choice = bestOf(
      order.filter((_, at) => !isIn(at)).map(query => scores[query]!),
      baseline,
    )
    for (const query of order.filter((_, at) => isIn(at))) {
      heldOut.push(scores[query]![choice]!)
      differences.push(scores[query]![choice]! - scores[query]![baseline]!)
    }
  }
  return {
    best: bestOf(scores, baseline),
    before: mean(scores.map(row => row[baseline]!)),
    after: mean(heldOut),
    test: pairedTest(differences),
  }
}

function bestOf(scores: ScoreTable, baseline: number): number {
  const weightings = scores[0]!.length
  const means = Array.from({length: weightings}, (_, at) => mean(scores.map(row => row[at]!)))
  // Sums of the same numbers in another order differ in the last digits.
  const tolerance = 1e-12
  let best = baseline
  for (const [at, value] of means.entries()) if (value > means[best]! + tolerance) best = at
  return best
}

/** Fisher and Yates. */
function shuffled(length: number): number[] {
  const random = seededRandom(SEED)
  const order = Array.from({length}, (_, at) => at)
  for (let at = length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[order[at], order[other]] = [order[other]!, order[at]!]
  }
  return order
}
