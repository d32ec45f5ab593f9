import type {Quantity} from '../../query/metric-query.ts'
import type {BreakdownData, PanelData, TrendData} from '../../query/panel-data.ts'
import type {ReportingPeriod} from '../../query/reporting-period.ts'
import type {Panel} from '../../spec/dashboard-spec.ts'
import {comparable} from '../html/breakdown-chart.ts'
import {dashOf, seriesColours} from '../html/palette.ts'
import {axisLabel} from '../html/time-axis.ts'
import {panelTable} from '../panel-table.ts'
import {quantityText} from '../quantity-text.ts'

/** A chart for templates/dashboards/interactive.js. Positions are binary numbers; texts have the exact digits. */
export interface InteractiveChart {
  readonly id: string
  readonly format: 'percent' | 'compact'
  readonly horizontal: boolean
  readonly labels: readonly string[]
  readonly series: readonly InteractiveSeries[]
}

interface Shared {
  readonly title: string
  /** A variable of the page's style, without its dashes. */
  readonly colour: string
  /** One for each label; empty where there is nothing to say. */
  readonly texts: readonly string[]
  /** Which item of the page's legend it is. */
  readonly legend: number | null
}

type Position = number | null

export type InteractiveSeries = Shared &
  (
    | {readonly type: 'line'; readonly values: readonly Position[]; readonly dash?: readonly number[]}
    | {readonly type: 'bar'; readonly values: readonly Position[]; readonly stack: boolean}
    | {readonly type: 'points'; readonly values: readonly Position[]}
    | {
        readonly type: 'band'
        readonly lower: readonly Position[]
        readonly upper: readonly Position[]
        readonly opacity: number
      }
  )

/** What can be hovered of a panel; undefined for what the page tells as well: rows with bars, and numbers. */
export function interactiveChart(panel: Panel, data: PanelData, period: ReportingPeriod): InteractiveChart | undefined {
  switch (data.kind) {
    case 'figure':
    case 'matrix':
    case 'funnel':
      return undefined
    case 'trend':
      return {id: panel.id, ...trendChart(panel, data, period)}
    case 'breakdown':
      return panel.kind === 'breakdown' && panel.mark === 'dot' ? {id: panel.id, ...dotChart(data)} : undefined
  }
}

type Drawn = Omit<InteractiveChart, 'id'>

const position = (value: Quantity | undefined): Position => (value == null ? null : Number(value))
const colourName = (index: number, other: boolean) => (other ? 'other' : `series-${index % seriesColours.length}`)
const formatOf = (unit: TrendData['series'][number]['unit'] | undefined) =>
  unit?.kind === 'share' ? 'percent' : 'compact'

function trendChart(panel: Panel, data: TrendData, period: ReportingPeriod): Drawn {
  const {buckets, series} = data
  const mark = panel.kind === 'trend' ? panel.mark : 'line'
  const {columns, rows} = panelTable(data, period)
  const column = (index: number) => rows.map(row => row[index]?.text ?? '')
  const named = (title: string) => columns.findIndex((each, index) => index > series.length && each.title === title)
  const known = new Set(buckets.map(({key}) => key))
  const ahead = data.forecast === undefined || 'reason' in data.forecast ? undefined : data.forecast
  const steps = [...buckets, ...(ahead?.buckets.filter(({key}) => !known.has(key)) ?? [])]
  const past = series.map(({title, values, other}, index): InteractiveSeries => {
    const shared = {title, colour: colourName(index, other), texts: column(index + 1), legend: index}
    const positions = steps.map((_step, at) => position(values[at]))
    if (mark === 'line') return {...shared, type: 'line', values: positions, dash: dashOf(index)}
    return {...shared, type: 'bar', values: positions, stack: mark === 'stacked'}
  })
  const at = new Map(ahead?.buckets.map(({key}, index) => [key, index]))
  const aligned = (values: readonly Quantity[]) =>
    steps.map(({key}) => (at.has(key) ? position(values[at.get(key)!]) : null))
  const forecast: readonly InteractiveSeries[] =
    ahead === undefined
      ? []
      : [
          {
            type: 'line',
            title: 'Forecast',
            colour: 'series-0',
            texts: column(named('Forecast')),
            legend: series.length,
            values: aligned(ahead.values),
            dash: [5, 4],
          },
          ...ahead.intervals.map(({level, lower, upper}, index): InteractiveSeries => {
            const [from, to] = [column(named(`${level * 100}% from`)), column(named(`${level * 100}% to`))]
            return {
              type: 'band',
              title: `${level * 100}% of past errors`,
              colour: 'series-0',
              texts: from.map((text, row) => (text === '' ? '' : `${text} to ${to[row]}`)),
              legend: series.length + 1 + index,
              lower: aligned(lower),
              upper: aligned(upper),
              opacity: index === 0 ? 0.31 : 0.17,
            }
          }),
        ]
  return {
    format: formatOf(series[0]?.unit),
    horizontal: false,
    labels: steps.map(({label}) => axisLabel(label)),
    series: [...past, ...forecast, ...usualSeries(data, past.length + forecast.length)],
  }
}

function usualSeries({usual, series}: TrendData, legend: number): readonly InteractiveSeries[] {
  if (usual === undefined || 'reason' in usual) return []
  const unit = series[0]?.unit ?? {kind: 'number' as const}
  const {steps} = usual
  return [
    {
      type: 'band',
      title: 'Usual',
      colour: 'other',
      texts: steps.map(step => (step ? `${quantityText(step.lower, unit)} to ${quantityText(step.upper, unit)}` : '')),
      legend: null,
      lower: steps.map(step => position(step?.lower)),
      upper: steps.map(step => position(step?.upper)),
      opacity: 0.2,
    },
    ...(steps.some(step => step?.anomaly)
      ? [
          {
            type: 'points' as const,
            title: 'Unusual',
            colour: 'bad',
            texts: steps.map(step => step?.anomaly ?? ''),
            legend,
            values: steps.map((step, index) => (step?.anomaly ? position(series[0]?.values[index]) : null)),
          },
        ]
      : []),
  ]
}

function dotChart(data: BreakdownData): Drawn {
  const {categories, series} = data
  return {
    format: formatOf(series[0]?.unit),
    horizontal: true,
    labels: categories.map(({label}) => label),
    series: comparable(data).map(({title, values, unit}, index): InteractiveSeries => ({
      type: 'points',
      title,
      colour: colourName(index, false),
      texts: categories.map((_category, at) => quantityText(values[at] ?? null, unit)),
      values: categories.map((_category, at) => position(values[at])),
      legend: index,
    })),
  }
}
