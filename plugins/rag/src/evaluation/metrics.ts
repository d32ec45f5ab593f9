/**
 * Measures of a ranked list against judgements. `ranked` holds distinct document ids, best first; `grades` the judged
 * documents of the query with their relevance, where 0 or less, like no entry, is not relevant. All give 0 to 1, and 0
 * for a query without relevant documents.
 */
export type Grades = ReadonlyMap<string, number>

/** Normalised discounted cumulative gain as trec_eval and BEIR compute it: the grade is the gain, log₂ the discount. */
export function ndcgAt(cutoff: number, ranked: readonly string[], grades: Grades): number {
  const ideal = [...grades.values()].filter(grade => grade > 0).toSorted((one, other) => other - one)
  const best = discountedGain(ideal.slice(0, cutoff))
  return best === 0 ? 0 : discountedGain(ranked.slice(0, cutoff).map(id => Math.max(0, grades.get(id) ?? 0))) / best
}

function discountedGain(gains: readonly number[]): number {
  return gains.reduce((sum, gain, rank) => sum + gain / Math.log2(rank + 2), 0)
}

/** The share of the relevant documents that are among the first. */
export function recallAt(cutoff: number, ranked: readonly string[], grades: Grades): number {
  const relevant = [...grades.values()].filter(grade => grade > 0).length
  const found = ranked.slice(0, cutoff).filter(id => (grades.get(id) ?? 0) > 0).length
  return relevant === 0 ? 0 : found / relevant
}

/** Whether any relevant document is among the first. */
export function hitAt(cutoff: number, ranked: readonly string[], grades: Grades): number {
  return ranked.slice(0, cutoff).some(id => (grades.get(id) ?? 0) > 0) ? 1 : 0
}

/** One over the rank of the first relevant document, if it is among the first. */
export function reciprocalRankAt(cutoff: number, ranked: readonly string[], grades: Grades): number {
  const rank = ranked.slice(0, cutoff).findIndex(id => (grades.get(id) ?? 0) > 0)
  return rank < 0 ? 0 : 1 / (rank + 1)
}

/** The mean, over the relevant documents, of the precision at the rank of each; a document that is not found counts 0. */
export function averagePrecision(ranked: readonly string[], grades: Grades): number {
  const relevant = [...grades.values()].filter(grade => grade > 0).length
  if (relevant === 0) return 0
  let found = 0
  let sum = 0
  for (const [rank, id] of ranked.entries()) {
    if ((grades.get(id) ?? 0) <= 0) continue
    found += 1
    sum += found / (rank + 1)
  }
  return sum / relevant
}

/** The value that `share` (0 to 1) of the values do not exceed, by the nearest rank. NaN for no values. */
export function percentile(share: number, values: readonly number[]): number {
  const sorted = [...values].toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
