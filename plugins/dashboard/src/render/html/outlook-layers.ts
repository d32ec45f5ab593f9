import type {TopLevelSpec} from 'vega-lite'
import type {Unit} from '../../catalogue/catalogue.ts'
import type {TrendData} from '../../query/panel-data.ts'
import type {Bucket} from '../../query/reporting-period.ts'
import {colourOf} from './palette.ts'
import {scaled} from './vega-svg.ts'

type Layer = Extract<TopLevelSpec, {readonly layer: readonly unknown[]}>['layer'][number]

/** The steps of a trend with those that are forecast behind them. */
export function outlookAxis({buckets, forecast}: Pick<TrendData, 'buckets' | 'forecast'>): readonly Bucket[] {
  if (forecast === undefined || 'reason' in forecast) return buckets
  const told = new Set(buckets.map(({key}) => key))
  return [...buckets, ...forecast.buckets.filter(({key}) => !told.has(key))]
}

/** Bands that lie below the line of a trend: the widest first, so that the likelier ones are darker. */
export function bandLayers(data: TrendData, unit: Unit, y: object): readonly Layer[] {
  const {forecast} = data
  if (forecast === undefined || 'reason' in forecast) return []
  const places = placesOf(data, forecast.buckets)
  return forecast.intervals.toReversed().map(({lower, upper}) => ({
    data: {
      values: places.map((at, index) => ({
        at,
        lower: scaled(lower[index] ?? null, unit),
        upper: scaled(upper[index] ?? null, unit),
        series: '0',
        colour: colourOf(0, false),
      })),
    },
    mark: {type: 'area', opacity: 0.17},
    encoding: {y: {...y, field: 'lower', type: 'quantitative'}, y2: {field: 'upper'}},
  }))
}

/** The forecast as a dashed line from the last step that is over, and rings around unusual steps. */
export function outlookLayers(data: TrendData, unit: Unit): readonly Layer[] {
  return [...forecastLine(data, unit), ...unusualRings(data, unit)]
}

function forecastLine(data: TrendData, unit: Unit): readonly Layer[] {
  const {forecast, series} = data
  if (forecast === undefined || 'reason' in forecast) return []
  const places = placesOf(data, forecast.buckets)
  const before = (places[0] ?? 0) - 1
  const last = series[0]?.values[before] ?? null
  const points = [
    ...(last === null ? [] : [{at: before, value: scaled(last, unit)}]),
    ...forecast.values.map((value, index) => ({at: places[index]!, value: scaled(value, unit)})),
  ]
  return [
    {
      data: {values: points.map(point => ({...point, series: '0', colour: colourOf(0, false)}))},
      mark: {type: 'line', strokeWidth: 2, strokeDash: [5, 4]},
    },
  ]
}

function unusualRings({usual, series}: TrendData, unit: Unit): readonly Layer[] {
  if (usual === undefined || 'reason' in usual) return []
  const points = usual.steps.flatMap((step, at) =>
    step?.anomaly === undefined
      ? []
      : [{at, value: scaled(series[0]?.values[at] ?? null, unit), series: '0', colour: 'var(--bad)'}],
  )
  if (points.length === 0) return []
  return [
    {
      data: {values: points},
      mark: {type: 'point', shape: 'diamond', size: 130, strokeWidth: 2.5, filled: false},
    },
  ]
}

function placesOf(data: TrendData, buckets: readonly Bucket[]): readonly number[] {
  const places = new Map(outlookAxis(data).map(({key}, index) => [key, index]))
  return buckets.map(({key}) => places.get(key)!)
}
