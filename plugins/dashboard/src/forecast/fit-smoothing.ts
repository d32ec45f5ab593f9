import {smooth, type SmoothingModel, type SmoothingParameters, type SmoothingState} from './exponential-smoothing.ts'
import {initialState} from './initial-state.ts'
import {nelderMead} from './nelder-mead.ts'

export interface SmoothingFit {
  readonly model: SmoothingModel
  readonly parameters: SmoothingParameters
  /** Before the first value. */
  readonly initial: SmoothingState
  /** Of forecasts one step ahead. */
  readonly squaredError: number
}

/** Of a damped trend: with less it would be gone at once, with more it could not be told from Holt's (FPP3, 8.2). */
const leastPhi = 0.8
const mostPhi = 0.98

/**
 * The parameters, first level and first slope with the least squared error of forecasts one step ahead, within the usual
 * bounds (FPP3, 8.6): 0 < alpha < 1, 0 < beta* < 1, 0 < gamma < 1 − alpha, 0.8 ≤ phi ≤ 0.98. From two starts, since the
 * error has more than one valley.
 */
export function fitSmoothing(values: readonly (number | null)[], model: SmoothingModel): SmoothingFit {
  const guess = initialState(values, model)
  const known = values.filter(value => value !== null)
  const scale = Math.max(1e-9, ...known.map(Math.abs)) / 10
  const hasTrend = model.trend !== 'none'
  const hasSeason = model.season !== 'none'
  const unpack = ([alpha, level, ...rest]: readonly number[]) => {
    const [beta = 0, phi = 1, slope = 0] = hasTrend ? rest : []
    const gamma = hasSeason ? rest.at(-1)! : 0
    return {
      parameters: {alpha: alpha!, beta, gamma, phi},
      initial: {level: level! * scale, slope: slope * scale, season: guess.season},
    }
  }
  const height = (point: readonly number[]) => {
    const {parameters, initial} = unpack(point)
    if (!allowed(parameters, model)) return Infinity
    const {squaredError} = smooth(values, model, parameters, initial)
    return Number.isNaN(squaredError) ? Infinity : squaredError
  }
  const starts = [0.2, 0.7].map(alpha => [
    alpha,
    guess.level / scale,
    ...(hasTrend ? [0.1, 0.95, guess.slope / scale] : []),
    ...(hasSeason ? [0.1] : []),
  ])
  const steps = [0.2, 0.2, ...(hasTrend ? [0.1, -0.06, 0.02] : []), ...(hasSeason ? [0.08] : [])]
  const options = {steps, evaluations: 150 * steps.length, tolerance: 1e-7}
  const best = starts
    .map(start => nelderMead(height, start, options))
    .reduce((one, other) => (other.value < one.value ? other : one))
  // Once more from there: a simplex that has collapsed onto a bound gets its size back.
  const {point, value} = nelderMead(height, best.point, {...options, steps: steps.map(step => step / 4)})
  return {model, ...unpack(point), squaredError: value}
}

function allowed({alpha, beta, gamma, phi}: SmoothingParameters, {trend, season}: SmoothingModel): boolean {
  if (alpha <= 0 || alpha >= 1) return false
  if (trend !== 'none' && (beta < 0 || beta >= 1 || phi < leastPhi || phi > mostPhi)) return false
  return season === 'none' || (gamma >= 0 && gamma < 1 - alpha)
}
