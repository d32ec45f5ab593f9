import type {Quantity} from '../../query/metric-query.ts'
import type {BreakdownData, FunnelData} from '../../query/panel-data.ts'
import {sameUnit} from '../../spec/check-panel.ts'
import type {BreakdownPanel} from '../../spec/dashboard-spec.ts'
import {quantityText, timesText} from '../quantity-text.ts'
import {colourOf, shapeOf} from './palette.ts'
import {type ChartWidth, distinct, frame, scaled, shortened, svgOf, valueAxis} from './vega-svg.ts'

/** Each category as a bar of the first series, or as a dot for each series of the same unit. */
export async function breakdownChart(
  data: BreakdownData,
  mark: BreakdownPanel['mark'],
  width: ChartWidth,
): Promise<string> {
  const [series] = data.series
  if (series === undefined) return ''
  if (mark === 'dot') return dots(data, width)
  const times = (index: number) => (data.lift === undefined ? '' : ` (${timesText(data.lift[index] ?? null)})`)
  return bars(
    data.categories.map(({label, kind}, index) => {
      const value = series.values[index] ?? null
      return {
        label,
        value: scaled(value, series.unit),
        text: `${quantityText(value, series.unit)}${value === null ? '' : times(index)}`,
        colour: colourOf(0, kind === 'other'),
      }
    }),
    width,
  )
}

/** Each step of a funnel as a bar, with its number and its share of the first. */
export async function funnelChart({steps, unit}: FunnelData, width: ChartWidth): Promise<string> {
  const share = (value: Quantity) => (value === null ? '' : ` (${quantityText(value, {kind: 'share'})})`)
  return bars(
    steps.map(({title, value, ofFirst}, index) => ({
      label: title,
      value: scaled(value, unit),
      text: `${quantityText(value, unit)}${index === 0 ? '' : share(ofFirst)}`,
      colour: colourOf(0, false),
    })),
    width,
  )
}

/** The series that dots are drawn for: those with the unit of the first. */
export function comparable({series}: BreakdownData): BreakdownData['series'] {
  return series.filter(({unit}) => sameUnit(unit, series[0]!.unit))
}

const mostCharacters: Readonly<Record<ChartWidth, number>> = {narrow: 14, wide: 24}

interface Bar {
  readonly label: string
  readonly value: number | null
  readonly text: string
  readonly colour: string
}

async function bars(rows: readonly Bar[], width: ChartWidth): Promise<string> {
  const labels = distinct(rows.map(({label}) => shortened(label, mostCharacters[width])))
  const values = rows.map((row, index) => ({...row, label: labels[index]!}))
  const numbers = values.map(({value}) => value ?? 0)
  const [lowest, highest] = [Math.min(0, ...numbers), Math.max(0, ...numbers)]
  // Room for the number behind the longest bar.
  const longest = Math.max(8, ...rows.map(({text}) => text.length))
  const room = (highest - lowest || 1) * (width === 'narrow' ? 0.056 : 0.0275) * longest
  return svgOf({
    ...frame(width, Math.max(1, values.length) * 30),
    data: {values},
    encoding: {
      y: {
        field: 'label',
        type: 'nominal',
        scale: {domain: labels},
        axis: {title: null, ticks: false, domain: false},
      },
      x: {
        field: 'value',
        type: 'quantitative',
        axis: null,
        scale: {domain: [lowest < 0 ? lowest - room : 0, highest + room], nice: false},
      },
    },
    layer: [
      {mark: {type: 'bar', height: {band: 0.66}}, encoding: {color: {field: 'colour', type: 'nominal', scale: null}}},
      {
        mark: {type: 'text', align: 'left', dx: 5, color: 'var(--ink)'},
        encoding: {text: {field: 'text', type: 'nominal'}, x: {datum: 0, type: 'quantitative'}},
        transform: [{filter: 'datum.value === null'}],
      },
      {
        mark: {
          type: 'text',
          align: {expr: 'datum.value < 0 ? "right" : "left"'},
          dx: {expr: 'datum.value < 0 ? -5 : 5'},
          color: 'var(--ink)',
        },
        encoding: {text: {field: 'text', type: 'nominal'}},
        transform: [{filter: 'datum.value !== null'}],
      },
    ],
  })
}

function dots(data: BreakdownData, width: ChartWidth): Promise<string> {
  const shown = comparable(data)
  const {unit} = shown[0]!
  const labels = distinct(data.categories.map(({label}) => shortened(label, mostCharacters[width])))
  const points = shown.flatMap(({values}, index) =>
    labels.flatMap((label, at) => {
      const value = scaled(values[at] ?? null, unit)
      return value === null ? [] : [{label, value, colour: colourOf(index, false), shape: shapeOf(index)}]
    }),
  )
  const spans = labels.map(label => {
    const numbers = points.filter(point => point.label === label).map(({value}) => value)
    return {label, lowest: Math.min(...numbers), highest: Math.max(...numbers)}
  })
  const y = {
    field: 'label',
    type: 'nominal' as const,
    scale: {domain: labels},
    axis: {title: null, ticks: false, domain: false, grid: true},
  }
  const axis = {...valueAxis(unit, width), titleX: 0, titleY: 30}
  return svgOf({
    ...frame(width, Math.max(1, labels.length) * 30 + 30),
    layer: [
      {
        data: {values: spans.filter(({lowest}) => Number.isFinite(lowest))},
        mark: {type: 'rule', color: 'var(--soft)', strokeWidth: 1.5},
        encoding: {y, x: {field: 'lowest', type: 'quantitative', axis}, x2: {field: 'highest'}},
      },
      {
        data: {values: points},
        mark: {type: 'point', filled: true, size: 90, opacity: 1},
        encoding: {
          y,
          x: {field: 'value', type: 'quantitative', axis, scale: {zero: true, nice: true}},
          color: {field: 'colour', type: 'nominal', scale: null},
          shape: {field: 'shape', type: 'nominal', scale: null},
        },
      },
    ],
  })
}
