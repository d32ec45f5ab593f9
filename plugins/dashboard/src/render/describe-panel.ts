import type {BreakdownData, FigureData, PanelData, Series, TrendData} from '../query/panel-data.ts'
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
  }
}

function describeFigure(title: string, {value, previous, unit}: FigureData): string {
  const change = changeText(value, previous, unit)
  return `${title}: ${quantityText(value, unit)}${change ? `, ${change.text}` : ''}.`
}

function describeTrend(title: string, {buckets, series}: TrendData): string {
  const [first, last] = [buckets[0]?.label, buckets.at(-1)?.label]
  const told = series.map(each => {
    const range = extremes(
      each,
      buckets.map(({label}) => label),
    )
    return range === undefined ? `${each.title}: ${noData}` : `${each.title}: ${range}`
  })
  return `Chart, ${title}, from ${first} to ${last}. ${told.join('. ')}.`
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
