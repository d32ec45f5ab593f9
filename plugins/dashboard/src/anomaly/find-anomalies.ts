import {InvalidInputError} from '@omni-ops/core/operation'
import {decompose} from './seasonal-trend-decomposition.ts'

/** There is too little to say what is usual. Says how much there would have to be. */
export class NothingUsualError extends InvalidInputError {
  override readonly code = 'nothing_usual'
}

export interface FindAnomaliesOptions {
  /** Of equally long steps that are over, the oldest first; null where nothing is known. */
  readonly values: readonly (number | null)[]
  /** Steps of the seasons that there may be, the shortest first; the longest for which there is enough is taken. */
  readonly seasons: readonly number[]
  /** Whether values count things that happen one by one, whose number varies by chance alone. */
  readonly counts: boolean
  readonly lowest?: number | undefined
  readonly highest?: number | undefined
}

/** What one step would usually be. */
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
const fewestSeasons = 3
const fewestSteps = 16
const mostUnknown = 0.2
/** Interquartile range of a normal distribution whose standard deviation is 1. */
const normalRange = 1.349
/** Without a season, how long a trend is looked at at a time. */
const trendWindow = 13

/**
 * Steps that lie far from what their trend and season would have: a robust STL decomposition, and remainders of more than
 * three interquartile ranges beyond the quartiles of all remainders (Tukey's far-out values; the rule of FPP3, section
 * 13.9, which 1 of 500,000 values of a normal distribution breaks). Counts are compared on the scale of their square roots,
 * on which chance alone has a standard deviation of about 1 however many there are (Anscombe, Biometrika 35, 1948), and
 * nothing narrower than chance is taken for a range. A change that lasts is unusual only at first.
 * @throws NothingUsualError for too few values, or values of which most are the same
 */
export function findAnomalies({values, seasons, counts, lowest, highest}: FindAnomaliesOptions): Anomalies {
  const known = values.map(value => value !== null)
  assertEnough(known)
  const season = seasons.filter(each => values.length >= fewestSeasons * each).at(-1) ?? 1
  const scale = counts ? rootScale : plainScale
  const scaled = filled(values.map(value => (value === null ? null : scale.to(value))))
  const {trend, season: seasonal, remainder} = decompose(scaled, {...windows(season), known})
  const remainders = [...remainder].filter((_, index) => known[index]!).toSorted((one, other) => one - other)
  const [first, third] = [quantile(remainders, 0.25), quantile(remainders, 0.75)]
  const range = Math.max(third - first, counts ? normalRange : 0)
  if (range <= 1e-9 * Math.max(...scaled.map(Math.abs)))
    throw new NothingUsualError('most steps are the same, so that nothing tells how far they usually vary')
  const middle = (first + third) / 2
  const [down, up] = [
    Math.min(first, middle - range / 2) - fence * range,
    Math.max(third, middle + range / 2) + fence * range,
  ]
  const within = (value: number) => Math.min(highest ?? Infinity, Math.max(lowest ?? -Infinity, scale.from(value)))
  return {
    season,
    steps: values.map((value, index) => {
      const expected = trend[index]! + seasonal[index]!
      const left = remainder[index]!
      return {
        expected: within(expected),
        lower: within(expected + down),
        upper: within(expected + up),
        anomaly: value === null ? undefined : left > up ? 'above' : left < down ? 'below' : undefined,
      }
    }),
  }
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

interface Scale {
  to(value: number): number
  from(value: number): number
}
const plainScale: Scale = {to: value => value, from: value => value}
const rootScale: Scale = {
  to: value => 2 * Math.sqrt(Math.max(0, value) + 3 / 8),
  from: value => Math.max(0, (Math.max(0, value) / 2) ** 2 - 3 / 8),
}

/** The windows that R's `stl` takes for a season that stays the same, with robust fitting. */
function windows(period: number) {
  const odd = (length: number) => 2 * Math.ceil((length - 1) / 2) + 1
  const trend = period === 1 ? trendWindow : odd(1.5 * period)
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
