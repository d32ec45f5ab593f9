import {InvalidInputError} from '@omni-ops/core/operation'
import {influences} from './loess.ts'
import {decompose, type Decomposition} from './seasonal-trend-decomposition.ts'
import {type Nature, scaleOf} from './variance-scale.ts'

/** There is too little to say what is usual. Says how much there would have to be. */
export class NothingUsualError extends InvalidInputError {
  override readonly code = 'nothing_usual'
}

export interface FindAnomaliesOptions {
  /** Of equally long steps that are over, the oldest first; null where nothing is known. */
  readonly values: readonly (number | null)[]
  /** Steps of the seasons that there may be, the shortest first; the longest for which there is enough is taken. */
  readonly seasons: readonly number[]
  readonly nature: Nature
  /** Of shares: of how many things each is one, where that is known. */
  readonly sizes?: readonly (number | null)[] | undefined
  readonly lowest?: number | undefined
  readonly highest?: number | undefined
}

/** What one step would usually be, as far as all others tell. */
export interface UsualRange {
  readonly expected: number
  readonly lower: number
  readonly upper: number
  /** Undefined where the value is usual, or not known. */
  readonly anomaly: 'above' | 'below' | undefined
}

export interface Anomalies {
  readonly season: number
  readonly steps: readonly UsualRange[]
}

/** How many interquartile ranges beyond the quartiles are usual still. */
export const fence = 3
/** Fewer cannot tell what repeats from what does not. */
const fewestSeasons = 4
const fewestSteps = 21
const mostUnknown = 0.2
/** Without a season, how long a trend is looked at at a time. */
const trendWindow = 15
/** Seasons that a trend is looked at over at a time. */
const seasonsOfTrend = 3
/** A step that has the fit nearly to itself says nothing of how far off it is. */
const mostInfluence = 0.8

/**
 * Steps that lie far from what their trend and season would have: a robust STL decomposition, and steps whose distance
 * from what all others let expect is more than three interquartile ranges beyond the quartiles of all such distances
 * (Tukey's far-out values, and the rule of FPP3, section 13.9, which 1 of 500,000 values of a normal distribution breaks).
 * Distances are those of a fit without the step itself, r ÷ (1 − h), since a fit that has a step in it lies too near to it
 * (Cook & Weisberg, Residuals and Influence in Regression, 1982, section 2.2). Values are compared on a scale on which they
 * vary alike, high or low. A change that lasts is unusual only at first.
 * @throws NothingUsualError for too few values, or values of which most are the same
 */
export function findAnomalies({values, seasons, nature, sizes, lowest, highest}: FindAnomaliesOptions): Anomalies {
  const known = values.map(value => value !== null)
  assertEnough(known)
  const season = seasons.filter(each => values.length >= fewestSeasons * each).at(-1) ?? 1
  const scale = scaleOf(values, nature, sizes)
  const scaled = filled(values.map((value, step) => (value === null ? null : scale.to(value, step))))
  const options = windows(season)
  const fit = decompose(scaled, {...options, known})
  const distances = deletedDistances(fit, options)
  const {down, up} = fences(
    [...distances].map((distance, step) => distance / scale.deviation(step)).filter((_, step) => known[step]!),
    scale.leastRange,
    scaled,
  )
  const within = (value: number, step: number) =>
    Math.min(highest ?? Infinity, Math.max(lowest ?? -Infinity, scale.from(value, step)))
  return {
    season,
    steps: values.map((value, index) => {
      const distance = distances[index]!
      const expected = scaled[index]! - distance
      const [lower, upper] = [down, up].map(each => each * scale.deviation(index)) as [number, number]
      return {
        expected: within(expected, index),
        lower: within(expected + lower, index),
        upper: within(expected + upper, index),
        anomaly: value === null ? undefined : distance > upper ? 'above' : distance < lower ? 'below' : undefined,
      }
    }),
  }
}

/** How far each value is from a fit without it. */
function deletedDistances(
  {remainder, weights}: Decomposition,
  {period, trend}: ReturnType<typeof windows>,
): Float64Array {
  const ofTrend = influences(weights, trend)
  const sums = new Float64Array(period)
  weights.forEach((weight, index) => (sums[index % period]! += weight))
  return remainder.map((distance, index) => {
    const weight = weights[index]!
    // Of a season that stays the same, each value is a part of the mean of its own place.
    const ofSeason = period === 1 || weight === 0 ? 0 : weight / sums[index % period]!
    const influence = weight === 0 ? 0 : Math.min(mostInfluence, ofTrend[index]! + ofSeason)
    return distance / (1 - influence)
  })
}

function fences(
  distances: readonly number[],
  leastRange: number,
  scaled: readonly number[],
): {down: number; up: number} {
  const sorted = distances.toSorted((one, other) => one - other)
  const [first, third] = [quantile(sorted, 0.25), quantile(sorted, 0.75)]
  const range = Math.max(third - first, leastRange)
  if (range <= 1e-9 * Math.max(...scaled.map(Math.abs))) {
    throw new NothingUsualError('most steps are the same, so that nothing tells how far they usually vary')
  }
  const middle = (first + third) / 2
  return {down: middle - range * (0.5 + fence), up: middle + range * (0.5 + fence)}
}

function assertEnough(known: readonly boolean[]): void {
  if (known.length < fewestSteps) {
    throw new NothingUsualError(`to know what is usual needs ${fewestSteps} whole steps, and there are ${known.length}`)
  }
  const unknown = known.filter(each => !each).length
  if (unknown > mostUnknown * known.length) {
    throw new NothingUsualError(`${unknown} of ${known.length} steps have no value, too many to know what is usual`)
  }
}

/** A season that stays the same, and a trend that does not follow single steps. */
function windows(period: number) {
  const odd = (length: number) => 2 * Math.ceil((length - 1) / 2) + 1
  const trend = period === 1 ? trendWindow : odd(seasonsOfTrend * period)
  const lowPass = odd(Math.max(3, period))
  return {
    period,
    season: {window: 100_001, degree: 0 as const, jump: 10_000},
    trend: {window: trend, degree: 1 as const, jump: Math.ceil(trend / 10)},
    lowPass: {window: lowPass, degree: 1 as const, jump: Math.ceil(lowPass / 10)},
    robustRounds: 15,
  }
}

/** Gaps as straight lines between their neighbours; they weigh nothing. */
function filled(values: readonly (number | null)[]): readonly number[] {
  const known = values.flatMap((value, index) => (value === null ? [] : [index]))
  return values.map((value, index) => {
    if (value !== null) return value
    const after = known.find(each => each > index)
    const before = known.findLast(each => each < index)
    if (before === undefined || after === undefined) return values[(before ?? after)!]!
    const share = (index - before) / (after - before)
    return values[before]! * (1 - share) + values[after]! * share
  })
}

/** Between the two nearest ranks (type 7 of Hyndman & Fan). */
function quantile(sorted: readonly number[], share: number): number {
  const rank = share * (sorted.length - 1)
  const low = sorted[Math.floor(rank)]!
  return low + (rank - Math.floor(rank)) * (sorted[Math.ceil(rank)]! - low)
}
