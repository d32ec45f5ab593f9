import type {ScoredTerms} from '../stores/passage-store.ts'
import {TermFinder} from './term-finder.ts'

/** BM25's parameters as LanceDB fixes them. */
const K1 = 1.2
const B = 0.75
/** Pivots smaller than this share of their diagonal say that the passages do not tell a term from others. */
const LEAST_PIVOT = 1e-4
/** Scores that the found values explain no better than this, as a share, were not made of these terms alone. */
const LARGEST_ERROR = 0.002

/** What BM25 multiplies a term's idf with, for a passage that has the term so often. */
export function bm25Factor(frequency: number, length: number, averageLength: number): number {
  return (frequency * (K1 + 1)) / (frequency + K1 * (1 - B + (B * length) / averageLength))
}

/**
 * A search engine's idf of terms, read off the scores of one search for all of them together: each score is the sum,
 * over the terms, of idf times a factor that the passage's own counts give, so that the passages are linear equations.
 * They are solved by least squares.
 * @param known idf of terms that were found before.
 * @returns the idf of those other terms that the passages tell; none where the scores do not add up.
 */
export function idfFromScores(
  passages: readonly ScoredTerms[],
  terms: readonly string[],
  known: ReadonlyMap<string, number>,
  averageLength: number,
): Map<string, number> {
  const finder = new TermFinder(terms)
  const counted = passages.map(({score, terms: own}) => ({score, ...countsOf(own, finder)}))
  const present = new Set(counted.flatMap(({counts}) => [...counts.keys()]))
  const unknown = terms.filter(term => present.has(term) && !known.has(term))
  const equations = counted.map(({score, length, counts}) => {
    const factors = new Float64Array(unknown.length)
    let rest = score
    for (const [term, frequency] of counts) {
      const factor = bm25Factor(frequency, length, averageLength)
      if (known.has(term)) rest -= factor * known.get(term)!
      else factors[unknown.indexOf(term)] = factor
    }
    return {factors, rest, score}
  })
  const solution = leastSquares(equations, unknown.length)
  if (solution === undefined) return new Map()
  for (const {factors, rest, score} of equations) {
    const sum = factors.reduce((total, factor, at) => total + factor * solution[at]!, 0)
    if (Math.abs(sum - rest) > LARGEST_ERROR * score) return new Map()
  }
  return new Map(unknown.map((term, at) => [term, solution[at]!]))
}

function countsOf(terms: string, finder: TermFinder): {length: number; counts: Map<string, number>} {
  const counts = new Map<string, number>()
  const length = finder.find(terms, term => counts.set(term, (counts.get(term) ?? 0) + 1))
  return {length, counts}
}

/** Normal equations by Gaussian elimination; undefined where they leave something open. */
function leastSquares(
  equations: readonly {readonly factors: Float64Array; readonly rest: number}[],
  size: number,
): number[] | undefined {
  const matrix = Array.from({length: size}, () => new Float64Array(size + 1))
  for (const {factors, rest} of equations) {
    for (let row = 0; row < size; row++) {
      const factor = factors[row]!
      if (factor === 0) continue
      for (let column = 0; column < size; column++) matrix[row]![column]! += factor * factors[column]!
      matrix[row]![size]! += factor * rest
    }
  }
  const diagonal = matrix.map((row, at) => row[at]!)
  for (let pivot = 0; pivot < size; pivot++) {
    if (matrix[pivot]![pivot]! <= LEAST_PIVOT * diagonal[pivot]!) return undefined
    for (let row = pivot + 1; row < size; row++) {
      const share = matrix[row]![pivot]! / matrix[pivot]![pivot]!
      for (let column = pivot; column <= size; column++) matrix[row]![column]! -= share * matrix[pivot]![column]!
    }
  }
  const solution: number[] = []
  for (let row = size - 1; row >= 0; row--) {
    let rest = matrix[row]![size]!
    for (let column = row + 1; column < size; column++) rest -= matrix[row]![column]! * solution[column]!
    solution[row] = rest / matrix[row]![row]!
  }
  return solution
}
