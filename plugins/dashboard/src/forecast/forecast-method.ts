import {
  project,
  smooth,
  type SmoothingModel,
  type SmoothingParameters,
  type SmoothingState,
} from './exponential-smoothing.ts'
import {fitSmoothing} from './fit-smoothing.ts'

/** A way to forecast that has been fitted: it may be given more values than it was fitted on. */
export interface FittedMethod {
  forecast(values: readonly (number | null)[], horizon: number): readonly number[]
  /** What was estimated; nothing for a method that has no parameters. */
  readonly estimated?: {
    readonly model: SmoothingModel
    readonly parameters: SmoothingParameters
    readonly initial: SmoothingState
  }
}

export interface ForecastMethod {
  readonly name: MethodName
  /** Steps of the season that it knows of; 1 for none. */
  readonly season: number
  fit(values: readonly (number | null)[]): FittedMethod
}

export type MethodName =
  | 'naive'
  | 'seasonal naive'
  | 'simple exponential smoothing'
  | 'damped trend'
  | 'Holt-Winters without trend'
  | 'Holt-Winters with damped trend'
  | 'Holt-Winters with damped trend and multiplicative season'

/**
 * What may be chosen from. Holt-Winters with a damped trend is the method that is often as good as any (FPP3, section 8.3);
 * the simpler ones win where there is less to know, and the naive ones are what any method has to beat.
 */
export function candidateMethods(seasons: readonly number[], allPositive: boolean): readonly ForecastMethod[] {
  return [
    ...(seasons.length === 0 ? [naive(1)] : seasons.map(naive)),
    smoothing('simple exponential smoothing', {trend: 'none', season: 'none', period: 1}),
    smoothing('damped trend', {trend: 'damped', season: 'none', period: 1}),
    ...seasons.flatMap(period => [
      smoothing('Holt-Winters without trend', {trend: 'none', season: 'additive', period}),
      smoothing('Holt-Winters with damped trend', {trend: 'damped', season: 'additive', period}),
      ...(allPositive
        ? [
            smoothing('Holt-Winters with damped trend and multiplicative season', {
              trend: 'damped',
              season: 'multiplicative',
              period,
            }),
          ]
        : []),
    ]),
  ]
}

/** Each step as the last one that is known of the same place in the season. */
function naive(season: number): ForecastMethod {
  const forecast: FittedMethod['forecast'] = (values, horizon) =>
    Array.from({length: horizon}, (_, index) => {
      for (let at = values.length - season + (index % season); at >= 0; at -= season) {
        const value = values[at] ?? null
        if (value !== null) return value
      }
      return values.find(value => value !== null) ?? 0
    })
  return {name: season === 1 ? 'naive' : 'seasonal naive', season, fit: () => ({forecast})}
}

function smoothing(name: MethodName, model: SmoothingModel): ForecastMethod {
  return {
    name,
    season: model.period,
    fit(values) {
      const {parameters, initial} = fitSmoothing(values, model)
      return {
        estimated: {model, parameters, initial},
        forecast: (known, horizon) =>
          project(smooth(known, model, parameters, initial).state, model, parameters, horizon),
      }
    },
  }
}
