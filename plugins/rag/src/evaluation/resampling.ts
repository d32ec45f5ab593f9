import {seededRandom} from '../seeded-random.ts'
import {mean} from './metrics.ts'

/** An interval of confidence 95 %. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: 1,000 to 2,000 for 95 % intervals. */
const RESAMPLES = 2_000
const PERMUTATIONS = 10_000
/** Two-sided quantile of the standard normal distribution at 95 %. */
const Z = 1.959964
/** Every run draws the same, so that the same values give the same interval and the same p-value. */
const SEED = 20_070_611

/**
 * The interval of a mean by the percentile bootstrap over queries (Efron and Tibshirani 1993, chapter 13). Values that
 * are all 0 or all 1 leave nothing to resample; their interval is Wilson's for a share (Wilson 1927), which knows that
 * ten hits in ten are no certainty.
 *
 * @returns undefined for fewer than two values.
 */
export function meanInterval(values: readonly number[]): Interval | undefined {
  if (values.length < 2) return undefined
  const [first] = values
  if ((first === 0 || first === 1) && values.every(value => value === first)) {
    const margin = (Z * Z) / (values.length + Z * Z)
    return first === 0 ? {low: 0, high: margin} : {low: 1 - margin, high: 1}
  }
  const random = seededRandom(SEED)
  return percentiles(() => {
    let sum = 0
    for (let draw = 0; draw < values.length; draw += 1) sum += values[Math.floor(random() * values.length)]!
    return sum / values.length
  })
}

/**
 * The chance that a positive has the higher value, ties counting half: the area under the ROC curve, computed as
 * Mann–Whitney's U.
 */
export function areaUnderRoc(positives: readonly number[], negatives: readonly number[]): number {
  const levels = [...new Set([...positives, ...negatives])].toSorted((one, other) => one - other)
  const level = new Map(levels.map((value, at) => [value, at]))
  return areaOfLevels(
    positives.map(value => level.get(value)!),
    negatives.map(value => level.get(value)!),
    levels.length,
  )
}

/** The interval of that area, both kinds resampled by themselves. */
export function areaInterval(positives: readonly number[], negatives: readonly number[]): Interval | undefined {
  if (positives.length < 2 || negatives.length < 2) return undefined
  const levels = [...new Set([...positives, ...negatives])].toSorted((one, other) => one - other)
  const level = new Map(levels.map((value, at) => [value, at]))
  const high = positives.map(value => level.get(value)!)
  const low = negatives.map(value => level.get(value)!)
  const random = seededRandom(SEED)
  const draw = (from: readonly number[]) => from.map(() => from[Math.floor(random() * from.length)]!)
  return percentiles(() => areaOfLevels(draw(high), draw(low), levels.length))
}

function areaOfLevels(positives: readonly number[], negatives: readonly number[], levels: number): number {
  const at = new Float64Array(levels)
  for (const level of negatives) at[level] = at[level]! + 1
  const below = new Float64Array(levels)
  for (let level = 1; level < levels; level += 1) below[level] = below[level - 1]! + at[level - 1]!
  const wins = positives.reduce((sum, level) => sum + below[level]! + at[level]! / 2, 0)
  return wins / (positives.length * negatives.length)
}

/** What a paired test says of the differences between two systems over the same queries. */
export interface PairedTest {
  readonly difference: number
  readonly interval: Interval | undefined
  /** Two-sided. */
  readonly p: number
}

/**
 * Fisher's randomisation test on paired differences: if the systems were the same, the sign of each difference would be
 * a coin's. Smucker, Allan and Carterette, A Comparison of Statistical Significance Tests for Information Retrieval
 * Evaluation (CIKM 2007), find it, the bootstrap and the t-test to agree, and the sign and Wilcoxon tests to mislead.
 * The p-value counts the observed assignment too, so that it is never 0 (Phipson and Smyth 2010).
 */
export function pairedTest(differences: readonly number[]): PairedTest {
  const difference = mean(differences)
  const random = seededRandom(SEED)
  const observed = Math.abs(difference) * differences.length
  // Sums of the same numbers in another sign may differ in the last bits.
  const tolerance = observed * 1e-9
  let asExtreme = 0
  for (let round = 0; round < PERMUTATIONS; round += 1) {
    let sum = 0
    for (const each of differences) sum += random() < 0.5 ? each : -each
    if (Math.abs(sum) >= observed - tolerance) asExtreme += 1
  }
  return {
    difference,
    interval: differences.every(each => each === 0) ? {low: 0, high: 0} : meanInterval(differences),
    p: (asExtreme + 1) / (PERMUTATIONS + 1),
  }
}

/** p-values adjusted for testing several measures at once (Holm 1979), in the order given. */
export function holmAdjusted(values: readonly number[]): number[] {
  const order = values.map((p, at) => ({p, at})).toSorted((one, other) => one.p - other.p)
  const adjusted = values.map(() => 1)
  let highest = 0
  for (const [rank, {p, at}] of order.entries()) {
    highest = Math.max(highest, Math.min(1, p * (values.length - rank)))
    adjusted[at] = highest
  }
  return adjusted
}

function percentiles(draw: () => number): Interval {
  const drawn = Float64Array.from({length: RESAMPLES}, draw).toSorted()
  const tail = Math.floor(RESAMPLES * 0.025)
  return {low: drawn[tail]!, high: drawn[RESAMPLES - 1 - tail]!}
}
