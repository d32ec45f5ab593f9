import {loess, loessAt, type LoessOptions} from './loess.ts'

export interface DecompositionOptions {
  /** Steps of a season; 1 for none. */
  readonly period: number
  readonly season: LoessOptions
  readonly trend: LoessOptions
  readonly lowPass: LoessOptions
  /** Rounds in which what does not fit loses its weight. */
  readonly robustRounds: number
  /** 0 for values that are only there to fill a gap. */
  readonly known?: readonly boolean[] | undefined
}

export interface Decomposition {
  readonly trend: Float64Array
  readonly season: Float64Array
  /** What is left of each value. */
  readonly remainder: Float64Array
  /** How far each value was listened to in the last round, 0 to 1. */
  readonly weights: Float64Array
}

/**
 * STL: season and trend by loess, in rounds that listen less to what does not fit (Cleveland, Cleveland, McRae & Terpenning,
 * Journal of Official Statistics 6(1), 1990). Written from the paper; its results are those of the authors' own program.
 */
export function decompose(values: readonly number[], options: DecompositionOptions): Decomposition {
  const {period, robustRounds, known} = options
  const length = values.length
  const isKnown = (index: number) => known?.[index] !== false
  let weights: Float64Array = Float64Array.from(values, (_, index) => (isKnown(index) ? 1 : 0))
  let trend: Float64Array = new Float64Array(length)
  let season: Float64Array = new Float64Array(length)
  for (let round = 0; ; round++) {
    const used = round === 0 && known === undefined ? undefined : weights
    if (period > 1) season = seasonOf(values, trend, used, options)
    trend = loess(
      values.map((value, index) => value - season[index]!),
      used,
      options.trend,
    )
    if (round === robustRounds) break
    const distances = values.map((value, index) => Math.abs(value - trend[index]! - season[index]!))
    weights = bisquare(distances, isKnown)
  }
  return {
    trend,
    season,
    weights,
    remainder: Float64Array.from(values, (value, index) => value - trend[index]! - season[index]!),
  }
}

/** One inner loop, steps 1 to 4: each place of the season smoothed by itself, less what of it is no season. */
function seasonOf(
  values: readonly number[],
  trend: Float64Array,
  weights: Float64Array | undefined,
  {period, season, lowPass}: DecompositionOptions,
): Float64Array {
  const length = values.length
  const extended = new Float64Array(length + 2 * period)
  for (let phase = 0; phase < period; phase++) {
    const places = Array.from({length: Math.ceil((length - phase) / period)}, (_, each) => phase + each * period)
    const own = Float64Array.from(places, place => values[place]! - trend[place]!)
    const ownWeights = weights === undefined ? undefined : Float64Array.from(places, place => weights[place]!)
    const smoothed = loess(own, ownWeights, season)
    const last = own.length - 1
    const {window, degree} = season
    const before = {left: 0, right: Math.min(window - 1, last), window, degree}
    const after = {left: Math.max(0, last - window + 1), right: last, window, degree}
    extended[phase] = loessAt(own, ownWeights, -1, before) ?? smoothed[0]!
    smoothed.forEach((value, each) => (extended[phase + (each + 1) * period] = value))
    extended[phase + (last + 2) * period] = loessAt(own, ownWeights, last + 1, after) ?? smoothed[last]!
  }
  const level = loess(movingMean(movingMean(movingMean(extended, period), period), 3), undefined, lowPass)
  return Float64Array.from({length}, (_, index) => extended[index + period]! - level[index]!)
}

function movingMean(values: Float64Array, window: number): Float64Array {
  const means = new Float64Array(values.length - window + 1)
  let sum = 0
  for (let index = 0; index < values.length; index++) {
    sum += values[index]! - (index >= window ? values[index - window]! : 0)
    if (index >= window - 1) means[index - window + 1] = sum / window
  }
  return means
}

/** Tukey's bisquare of distances, of which six medians and more weigh nothing. */
function bisquare(distances: readonly number[], isKnown: (index: number) => boolean): Float64Array {
  const sorted = distances.filter((_, index) => isKnown(index)).toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  const limit = 6 * median
  return Float64Array.from(distances, (distance, index) => {
    if (!isKnown(index) || distance > 0.999 * limit) return isKnown(index) && distance === 0 ? 1 : 0
    return distance <= 0.001 * limit ? 1 : (1 - (distance / limit) ** 2) ** 2
  })
}
