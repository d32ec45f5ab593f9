import {InvalidInputError} from '@omni-ops/core/operation'
import {effectiveErrors, wideningOf} from './effective-errors.ts'
import {candidateMethods, type FittedMethod, type MethodName} from './forecast-method.ts'
import {conformalWidth} from './prediction-interval.ts'
import {rollingOrigin, type RollingOriginResult} from './rolling-origin.ts'

/** There is too little to forecast from. Says how much there would have to be. */
export class NoForecastError extends InvalidInputError {
  override readonly code = 'no_forecast'
}

export interface ForecastOptions {
  /** Of equally long steps that are over, the oldest first; null where nothing is known. */
  readonly values: readonly (number | null)[]
  /** How many steps ahead. */
  readonly horizon: number
  /** Steps of the seasons that there may be, such as 7 for days; those for which there is too little are left out. */
  readonly seasons: readonly number[]
  /** What the values cannot go below, or above. */
  readonly lowest?: number | undefined
  readonly highest?: number | undefined
}

export interface ForecastStep {
  readonly value: number
  /** By level; a level for which there are too few past errors is not there. */
  readonly intervals: readonly {readonly level: IntervalLevel; readonly lower: number; readonly upper: number}[]
}

export type IntervalLevel = 0.8 | 0.95
export const intervalLevels: readonly IntervalLevel[] = [0.8, 0.95]

export interface Forecast {
  readonly method: MethodName
  readonly season: number
  readonly estimated: FittedMethod['estimated']
  readonly steps: readonly ForecastStep[]
  /** How good it was, from as many past moments as `origins`, up to `steps` ahead. */
  readonly accuracy: {
    readonly origins: number
    readonly mase: number | undefined
    readonly smape: number
    readonly naive: {readonly season: number; readonly mase: number | undefined; readonly smape: number}
  }
  readonly history: number
}

/** Without a season, fewer steps say nothing of a trend. */
const fewestSteps = 10
const fewestSeasons = 2
/** The fewest for an interval of 80 %. */
const fewestOrigins = 4
/** As many of the newest moments are tried wherever there are as many. */
const newestOrigins = 40
/** Each costs. Older ones are tried as far as at least half of all steps came before: a fit to fewer errs in another way. */
const mostOrigins = 120
const mostUnknown = 0.2

/**
 * Forecasts with the method that would have been the best so far: each is tried from many past moments, the one with the
 * least mean absolute scaled error is chosen, and its intervals are made of the sizes of its errors then. The same values
 * give the same forecast.
 * @throws NoForecastError for too few values, or too many that are not known
 */
export function forecast({values, horizon, seasons, lowest, highest}: ForecastOptions): Forecast {
  const usable = seasons.filter(
    season => season > 1 && values.length >= fewestSeasons * season + horizon + fewestOrigins - 1,
  )
  const least = Math.max(fewestSteps, ...usable.map(season => fewestSeasons * season))
  assertEnough(values, least + horizon + fewestOrigins - 1)
  const season = usable[0] ?? 1
  const first = Math.max(
    least,
    values.length - horizon - mostOrigins + 1,
    Math.min(values.length - horizon - newestOrigins + 1, values.length >> 1),
  )
  const methods = candidateMethods(
    usable,
    values.every(value => value === null || value > 0),
  )
  const tried = methods.map(method => rollingOrigin(values, method, {horizon, first, season}))
  const best = leastWrong(tried)
  const naive = leastWrong(tried.filter(({method: {name}}) => name === 'naive' || name === 'seasonal naive'))
  const fitted = best.method.fit(values)
  const within = (value: number) => Math.min(highest ?? Infinity, Math.max(lowest ?? -Infinity, value))
  const widths = intervalLevels.map(level => [level, widthsOf(best, level)] as const)
  return {
    method: best.method.name,
    season: best.method.season,
    estimated: fitted.estimated,
    steps: fitted.forecast(values, horizon).map((value, index) => ({
      value: within(value),
      intervals: widths.flatMap(([level, width]) =>
        width === undefined
          ? []
          : [{level, lower: within(value - width[index]!), upper: within(value + width[index]!)}],
      ),
    })),
    accuracy: {
      origins: best.origins,
      mase: best.mase,
      smape: best.smape,
      naive: {season: naive.method.season, mase: naive.mase, smape: naive.smape},
    },
    history: values.length,
  }
}

function assertEnough(values: readonly (number | null)[], needed: number): void {
  if (values.length < needed) {
    throw new NoForecastError(`a forecast needs ${needed} whole steps, and there are ${values.length}`)
  }
  const unknown = values.filter(value => value === null).length
  if (unknown > mostUnknown * values.length) {
    throw new NoForecastError(`${unknown} of ${values.length} steps have no value, too many for a forecast`)
  }
}

const leastWrong = (tried: readonly RollingOriginResult[]) =>
  tried.reduce((one, other) => (errorOf(other) < errorOf(one) ? other : one))

const errorOf = ({mase, meanAbsoluteError}: RollingOriginResult) => mase ?? meanAbsoluteError

/**
 * As wide as past errors were, and wider by as much as errors that resemble each other leave unknown. Never narrower further
 * ahead: that one step was luckier in the past than the one before it is chance.
 */
function widthsOf({errors}: RollingOriginResult, level: IntervalLevel): readonly number[] | undefined {
  const widths: number[] = []
  for (const [index, each] of errors.entries()) {
    const width = conformalWidth(each, level)
    if (width === undefined) return undefined
    const widened = width * wideningOf(effectiveErrors(each, index + 1), level)
    widths.push(Math.max(widened, widths.at(-1) ?? 0))
  }
  return widths
}
