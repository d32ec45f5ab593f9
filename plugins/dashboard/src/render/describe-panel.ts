import type {
  BreakdownData,
  FigureData,
  FunnelData,
  MatrixData,
  PanelData,
  Series,
  TrendData,
} from '../query/panel-data.ts'
import type {Quantity} from '../query/metric-query.ts'
import {changeText, noData, quantityText} from './quantity-text.ts'

/** What a chart shows, in a sentence or two, for whoever does not see it. */
export function describePanel(title: string, data: PanelData): string {
  switch (data.kind) {
    case 'figure':
      return describeFigure(title, data)
    case 'trend':
      return describeTrend(title, data)
    case 'breakdown':
      return describeBreakdown(title, data)
    case 'funnel':
      return describeFunnel(title, data)
    case 'matrix':
      return describeMatrix(title, data)
  }
}

function describeFigure(title: string, {value, previous, unit, target}: FigureData): string {
  const change = changeText(value, previous, unit)
  const reached = target === undefined ? '' : `, ${quantityText(target.reached, {kind: 'share'})} of ${target.title}`
  return `${title}: ${quantityText(value, unit)}${change ? `, ${change.text}` : ''}${reached}.`
}

function describeTrend(title: string, {buckets, series, forecast, usual}: TrendData): string {
  const [first, last] = [buckets[0]?.label, buckets.at(-1)?.label]
  const told = series.map(each => {
    const range = extremes(
      each,
      buckets.map(({label}) => label),
    )
    return range === undefined ? `${each.title}: ${noData}` : `${each.title}: ${range}`
  })
  const outlook = [...describeUnusual(buckets, usual), ...describeForecast(series[0], forecast)]
  return `Chart, ${title}, from ${first} to ${last}. ${[...told, ...outlook].join('. ')}.`
}

function describeUnusual(buckets: TrendData['buckets'], usual: TrendData['usual']): readonly string[] {
  if (usual === undefined || !('steps' in usual)) return []
  const marked = usual.steps.flatMap((step, index) =>
    step?.anomaly === undefined ? [] : [`${buckets[index]!.label} (${step.anomaly})`],
  )
  return [`Unusual: ${marked.join(', ') || 'nothing'}`]
}

function describeForecast(series: Series | undefined, forecast: TrendData['forecast']): readonly string[] {
  if (series === undefined || forecast === undefined || !('values' in forecast)) return []
  const at = forecast.values.length - 1
  const widest = forecast.intervals.at(-1)
  const text = (value: Quantity | undefined) => quantityText(value ?? null, series.unit)
  const band =
    widest === undefined
      ? ''
      : `, with ${widest.level * 100} % between ${text(widest.lower[at])} and ${text(widest.upper[at])}`
  return [`Forecast to ${forecast.buckets.at(-1)?.label}: ${text(forecast.values[at])}${band}`]
}

function extremes({values, unit}: Series, labels: readonly string[]): string | undefined {
  const known = values.flatMap((value, index) =>
    value === null ? [] : [{value, size: Number(value), label: labels[index]!}],
  )
  if (known.length === 0) return undefined
  const lowest = known.reduce((one, other) => (other.size < one.size ? other : one))
  const highest = known.reduce((one, other) => (other.size > one.size ? other : one))
  const [low, high] = [lowest, highest].map(({value, label}) => `${quantityText(value, unit)} (${label})`)
  return `lowest ${low}, highest ${high}`
}

function describeBreakdown(title: string, {categories, series}: BreakdownData): string {
  const [first] = series
  const told = categories.map(({label}, index) => `${label} ${quantityText(first?.values[index] ?? null, first!.unit)}`)
  return `Bar chart, ${title}. ${told.join(', ') || noData}.`
}

function describeFunnel(title: string, {steps, unit}: FunnelData): string {
  const told = steps.map(
    ({title: step, value, ofFirst}) =>
      `${step} ${quantityText(value, unit)} (${quantityText(ofFirst, {kind: 'share'})})`,
  )
  return `Funnel, ${title}. ${told.join(', ')}.`
}

function describeMatrix(title: string, {rows, columns, values, unit}: MatrixData): string {
  const cells = rows.flatMap(({label: row}, at) =>
    columns.flatMap(({label: column}, across) => {
      const value = values[at]![across]!
      return value === null ? [] : [{value, size: Number(value), where: `${row}, ${column}`}]
    }),
  )
  if (cells.length === 0) return `Heat map, ${title}: ${noData}.`
  const lowest = cells.reduce((one, other) => (other.size < one.size ? other : one))
  const highest = cells.reduce((one, other) => (other.size > one.size ? other : one))
  const [low, high] = [lowest, highest].map(({value, where}) => `${quantityText(value, unit)} (${where})`)
  return `Heat map, ${title}, of ${rows.length} by ${columns.length}. Lowest ${low}, highest ${high}.`
}
