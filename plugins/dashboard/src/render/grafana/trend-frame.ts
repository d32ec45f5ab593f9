import type {Quantity} from '../../query/metric-query.ts'
import type {TrendData, TrendForecast, TrendUsual} from '../../query/panel-data.ts'
import {otherColour, seriesColours} from '../html/palette.ts'
import {type Field, numberField, timeField} from './frame.ts'

export const colourOf = (index: number, other: boolean) =>
  other ? otherColour.light : seriesColours[index % seriesColours.length]!.light

/** Steps of the past and of what may come, with a column for each series and for each thing that is told of it. */
export function trendFields({buckets, series, forecast, usual}: TrendData): readonly Field[] {
  const ahead = forecast === undefined || 'reason' in forecast ? undefined : forecast
  const told = new Set(buckets.map(({key}) => key))
  const all = [...buckets, ...(ahead?.buckets.filter(({key}) => !told.has(key)) ?? [])]
  const unit = series[0]?.unit ?? {kind: 'number' as const}
  const keys = all.map(({key}) => key)
  return [
    timeField(
      'Time',
      all.map(({start}) => start),
    ),
    ...series.map(({title, values, unit: own, other}, index) =>
      numberField(title, padded(values, all.length), own, {colour: colourOf(index, other)}),
    ),
    ...forecastColumns(ahead).map(({name, values, custom}) =>
      numberField(name, aligned(values, ahead!, keys), unit, {colour: otherColour.light, custom}),
    ),
    ...usualColumns(usual, series[0]?.values ?? []).map(({name, values, custom}) =>
      numberField(name, padded(values, all.length), unit, {colour: otherColour.light, custom}),
    ),
  ]
}

interface Column {
  readonly name: string
  readonly values: readonly Quantity[]
  readonly custom: Readonly<Record<string, unknown>>
}

const thin = {drawStyle: 'line', lineWidth: 1, lineStyle: {fill: 'dash', dash: [2, 4]}, fillOpacity: 0}

function forecastColumns(forecast: TrendForecast | undefined): readonly Column[] {
  if (forecast === undefined) return []
  return [
    {
      name: 'Forecast',
      values: forecast.values,
      custom: {drawStyle: 'line', lineWidth: 2, lineStyle: {fill: 'dash', dash: [5, 4]}, fillOpacity: 0},
    },
    ...forecast.intervals.flatMap(({level, lower, upper}) => [
      {name: `${level * 100}% from`, values: lower, custom: thin},
      {name: `${level * 100}% to`, values: upper, custom: thin},
    ]),
  ]
}

function usualColumns(usual: TrendData['usual'], values: readonly Quantity[]): readonly Column[] {
  if (usual === undefined || 'reason' in usual) return []
  const of = (pick: (step: NonNullable<TrendUsual['steps'][number]>) => Quantity) =>
    usual.steps.map(step => (step === undefined ? null : pick(step)))
  const unusual = usual.steps.map((step, index) => (step?.anomaly === undefined ? null : (values[index] ?? null)))
  return [
    {name: 'Expected', values: of(({expected}) => expected), custom: thin},
    {name: 'Usual from', values: of(({lower}) => lower), custom: thin},
    {name: 'Usual to', values: of(({upper}) => upper), custom: thin},
    {name: 'Unusual', values: unusual, custom: {drawStyle: 'points', pointSize: 12, showPoints: 'always'}},
  ]
}

const padded = (values: readonly Quantity[], length: number) =>
  Array.from({length}, (_, index) => values[index] ?? null)

function aligned(values: readonly Quantity[], {buckets}: TrendForecast, keys: readonly string[]): readonly Quantity[] {
  const byKey = new Map(buckets.map(({key}, index) => [key, values[index] ?? null]))
  return keys.map(key => byKey.get(key) ?? null)
}
