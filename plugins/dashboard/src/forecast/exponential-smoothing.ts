/**
 * Exponential smoothing in its error-correction form: Holt's trend, damped after Gardner & McKenzie (Management Science
 * 31(10), 1985), and Winters' season, additive or multiplicative (Hyndman & Athanasopoulos, Forecasting: Principles and
 * Practice, 3rd ed., sections 8.1 to 8.5; notation from there).
 */
export interface SmoothingModel {
  readonly trend: 'none' | 'damped'
  readonly season: 'none' | 'additive' | 'multiplicative'
  /** Steps of a season; 1 without one. */
  readonly period: number
}

export interface SmoothingParameters {
  /** How much of an error the level takes over; 0 to 1. */
  readonly alpha: number
  /** How much of a change of the level the slope takes over, β* of the book; 0 to 1. */
  readonly beta: number
  /** How much of an error the season takes over; 0 to 1 − alpha. */
  readonly gamma: number
  /** What remains of the slope with each step; 1 is Holt's own trend, which never flattens. */
  readonly phi: number
}

export interface SmoothingState {
  readonly level: number
  readonly slope: number
  /** Of the steps that come next, in order, as many as a season has. */
  readonly season: readonly number[]
}

export interface Smoothed {
  readonly state: SmoothingState
  /** Of forecasts one step ahead, over the steps that are known. */
  readonly squaredError: number
}

/**
 * Takes in observations one after the other. A step that is not known changes nothing but the time: its error is taken
 * to be 0.
 */
export function smooth(
  values: readonly (number | null)[],
  {trend, season, period}: SmoothingModel,
  {alpha, beta, gamma, phi}: SmoothingParameters,
  initial: SmoothingState,
): Smoothed {
  const factors = Float64Array.from(season === 'none' ? [0] : initial.season)
  const length = factors.length
  let {level} = initial
  let slope = trend === 'none' ? 0 : initial.slope
  let squaredError = 0
  for (let step = 0; step < values.length; step++) {
    const at = step % length
    const factor = factors[at]!
    const expected = level + phi * slope
    const value = values[step]
    if (value === null || value === undefined) {
      level = expected
      slope *= phi
      continue
    }
    const error = season === 'multiplicative' ? value - expected * factor : value - expected - factor
    squaredError += error * error
    const ofLevel = season === 'multiplicative' ? error / factor : error
    level = expected + alpha * ofLevel
    if (trend !== 'none') slope = phi * slope + alpha * beta * ofLevel
    if (season === 'additive') factors[at] = factor + gamma * error
    else if (season === 'multiplicative') factors[at] = factor + (gamma * error) / expected
  }
  const next = values.length % Math.max(1, period)
  const ordered = season === 'none' ? [] : [...factors.slice(next), ...factors.slice(0, next)]
  return {state: {level, slope, season: ordered}, squaredError}
}

/** What comes after a state: as many values as asked for. */
export function project(
  {level, slope, season}: SmoothingState,
  model: SmoothingModel,
  {phi}: Pick<SmoothingParameters, 'phi'>,
  horizon: number,
): readonly number[] {
  let sum = 0
  let damping = 1
  return Array.from({length: horizon}, (_, index) => {
    damping *= phi
    sum += damping
    const trended = level + (model.trend === 'none' ? 0 : sum * slope)
    if (model.season === 'none') return trended
    const factor = season[index % season.length]!
    return model.season === 'additive' ? trended + factor : trended * factor
  })
}
