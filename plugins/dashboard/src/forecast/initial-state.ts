import type {SmoothingModel, SmoothingState} from './exponential-smoothing.ts'

/** Seasons from whose steps the first seasonal factors are taken. */
const seasonsLookedAt = 4

/**
 * Where smoothing begins, from the first steps: seasonal factors are mean distances from each season's own line, level
 * and slope a line through the first steps without them (after Hyndman, Koehler, Ord & Snyder, Forecasting with
 * Exponential Smoothing, 2008, section 2.6.1).
 */
export function initialState(
  values: readonly (number | null)[],
  {trend, season, period}: SmoothingModel,
): SmoothingState {
  const factors = season === 'none' ? [] : seasonalFactors(values, period, season)
  const adjusted = values.slice(0, Math.max(10, 2 * period)).map((value, index) => {
    if (value === null || season === 'none') return value
    const factor = factors[index % period]!
    return season === 'additive' ? value - factor : value / factor
  })
  const {intercept, slope} = lineThrough(adjusted)
  // The line at the step before the first.
  if (trend !== 'none') return {level: intercept - slope, slope, season: factors}
  return {level: mean(adjusted.filter(value => value !== null)), slope: 0, season: factors}
}

function seasonalFactors(
  values: readonly (number | null)[],
  period: number,
  season: 'additive' | 'multiplicative',
): readonly number[] {
  const whole = Math.min(seasonsLookedAt, Math.floor(values.length / period))
  const first = values.slice(0, whole * period)
  const means = Array.from({length: whole}, (_, each) =>
    mean(first.slice(each * period, (each + 1) * period).filter(value => value !== null)),
  )
  const {slope: slopeOfMeans} = lineThrough(means)
  const slope = slopeOfMeans / period
  const raw = Array.from({length: period}, (_, phase) => {
    const distances = means.flatMap((ofSeason, each) => {
      const value = first[each * period + phase]
      if (value === null || value === undefined) return []
      const line = ofSeason + slope * (phase - (period - 1) / 2)
      return [season === 'additive' ? value - line : value / line]
    })
    return distances.length === 0 ? (season === 'additive' ? 0 : 1) : mean(distances)
  })
  const centre = mean(raw)
  return raw.map(factor => (season === 'additive' ? factor - centre : factor / centre))
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** By least squares, over the indices of the values that are known. */
function lineThrough(values: readonly (number | null)[]): {intercept: number; slope: number} {
  const points = values.flatMap((value, index) => (value === null ? [] : [{index, value}]))
  const middle = mean(points.map(({index}) => index))
  const height = mean(points.map(({value}) => value))
  const spread = points.reduce((sum, {index}) => sum + (index - middle) ** 2, 0)
  const shared = points.reduce((sum, {index, value}) => sum + (index - middle) * (value - height), 0)
  const slope = spread === 0 ? 0 : shared / spread
  return {intercept: height - slope * middle, slope}
}
