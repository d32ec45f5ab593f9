import {seasonalScale, symmetricShare} from './accuracy.ts'
import type {FittedMethod, ForecastMethod} from './forecast-method.ts'

export interface RollingOriginOptions {
  readonly horizon: number
  /** From how many steps the first forecast is made. */
  readonly first: number
  /** Season of the seasonal naive forecast that errors are measured against. */
  readonly season: number
}

export interface RollingOriginResult {
  readonly method: ForecastMethod
  /** From how many different moments forecasts were made. */
  readonly origins: number
  /** Actual value less forecast, by how many steps ahead less one, the oldest first. */
  readonly errors: readonly (readonly number[])[]
  /** Mean absolute scaled error; undefined where nothing changes in the values. */
  readonly mase: number | undefined
  readonly meanAbsoluteError: number
  /** Symmetric mean absolute percentage error as a share, 0 to 2. */
  readonly smape: number
}

/** Estimation costs; between two estimations the newer values are taken in with the older parameters. */
const estimations = 8

/**
 * Forecasts from each of the last moments as if what came after were not known, and compares (time series
 * cross-validation: FPP3, section 5.10; Tashman, International Journal of Forecasting 16(4), 2000). No forecast sees a
 * value of its future, neither in its state nor in its parameters.
 */
export function rollingOrigin(
  values: readonly (number | null)[],
  method: ForecastMethod,
  {horizon, first, season}: RollingOriginOptions,
): RollingOriginResult {
  const errors: number[][] = Array.from({length: horizon}, () => [])
  const every = Math.max(1, Math.ceil((values.length - first) / estimations))
  let fitted: FittedMethod | undefined
  let [scaled, absolute, shares, count] = [0, 0, 0, 0]
  let isScaled = true
  for (let origin = first; origin < values.length; origin++) {
    const past = values.slice(0, origin)
    if (fitted === undefined || (origin - first) % every === 0) fitted = method.fit(past)
    const scale = seasonalScale(past, season) ?? 0
    const ahead = fitted.forecast(past, Math.min(horizon, values.length - origin))
    for (const [index, forecast] of ahead.entries()) {
      const actual = values[origin + index] ?? null
      if (actual === null) continue
      errors[index]!.push(actual - forecast)
      absolute += Math.abs(actual - forecast)
      shares += symmetricShare(actual, forecast)
      count += 1
      if (scale === 0) isScaled = false
      else scaled += Math.abs(actual - forecast) / scale
    }
  }
  const divisor = Math.max(1, count)
  return {
    method,
    origins: values.length - first,
    errors,
    mase: isScaled && count > 0 ? scaled / divisor : undefined,
    meanAbsoluteError: absolute / divisor,
    smape: shares / divisor,
  }
}
