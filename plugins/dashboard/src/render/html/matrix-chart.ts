import {additivityOf, type Unit} from '../../catalogue/catalogue.ts'
import type {Quantity} from '../../query/metric-query.ts'
import type {MatrixData} from '../../query/panel-data.ts'
import {quantityText} from '../quantity-text.ts'
import {axisLabel} from './time-axis.ts'
import {expressionLiteral, type ChartWidth, distinct, frame, pixels, scaled, shortened, svgOf} from './vega-svg.ts'

/** Of the strongest cell; more would leave its number without contrast on one of the two grounds. */
const strongest = 0.5
const weakest = 0.04
const characterWidth = 6.6
const labelWidth = 7

/**
 * A heat map: the more, the stronger the colour, with the number in each cell where there is room for it. What is below 0
 * has a colour of its own.
 */
export function matrixChart({rows, columns, values, unit, metric}: MatrixData, width: ChartWidth): Promise<string> {
  const rowLabels = distinct(rows.map(({label}) => shortened(label, width === 'narrow' ? 12 : 22)))
  const columnLabels = distinct(
    columns.map(({label}) => shortened(/^\d{4}-\d\d(-\d\d)?( |$)/.test(label) ? axisLabel(label) : label, 12)),
  )
  const numbers = values.flat().flatMap(value => (value === null ? [] : [Number(value)]))
  const strengthOf = strengths(numbers, additivityOf(metric) !== 'none')
  const left = Math.max(...rowLabels.map(label => label.length)) * labelWidth + 16
  const room = (pixels[width] - left) / Math.max(1, columns.length)
  const texts = values.map(row => row.map(value => (value === null ? '' : shortText(value, unit))))
  const hasRoom = Math.max(0, ...texts.flat().map(text => text.length)) * characterWidth + 4 <= room
  const cells = values.flatMap((row, at) =>
    row.flatMap((value, across) => {
      const size = scaled(value, unit)
      if (size === null) return []
      const opacity = weakest + (strongest - weakest) * strengthOf(Number(value))
      const colour = Number(value) < 0 ? 'var(--series-1)' : 'var(--series-0)'
      return [{at, across, opacity, colour, text: texts[at]![across]!}]
    }),
  )
  const every = Math.ceil((Math.max(1, ...columnLabels.map(label => label.length)) * labelWidth + 6) / room)
  const shown = columnLabels.flatMap((_, index) => (index % every === 0 ? [index] : []))
  const named = (labels: readonly string[]) => `${expressionLiteral(Object.fromEntries(labels.entries()))}[datum.value]`
  const axis = {title: null, ticks: false, domain: false, labelAngle: 0}
  return svgOf({
    ...frame(width, rows.length * 28 + 24),
    data: {values: cells},
    encoding: {
      y: {
        field: 'at',
        type: 'ordinal',
        scale: {domain: rowLabels.map((_, index) => index)},
        axis: {...axis, labelExpr: named(rowLabels)},
      },
      x: {
        field: 'across',
        type: 'ordinal',
        scale: {domain: columnLabels.map((_, index) => index)},
        axis: {...axis, orient: 'top', values: shown, labelExpr: named(columnLabels)},
      },
    },
    layer: [
      {
        mark: {type: 'rect', stroke: 'var(--paper)', strokeWidth: 1.5},
        encoding: {
          fill: {field: 'colour', type: 'nominal', scale: null},
          fillOpacity: {field: 'opacity', type: 'quantitative', scale: null},
        },
      },
      ...(hasRoom
        ? [
            {
              mark: {type: 'text' as const, color: 'var(--ink)', fontSize: 11},
              encoding: {text: {field: 'text', type: 'nominal' as const}},
            },
          ]
        : []),
    ],
  })
}

/**
 * How strong a number is, 0 to 1. From 0 for what adds up and what may be below 0; rates and means are compared with each
 * other, from the least to the greatest, as from 0 they would all look alike.
 */
function strengths(numbers: readonly number[], fromZero: boolean): (value: number) => number {
  const [lowest, highest] = [Math.min(...numbers), Math.max(...numbers)]
  if (fromZero || lowest < 0) {
    const largest = Math.max(Math.abs(lowest), Math.abs(highest))
    return value => (largest === 0 ? 0 : Math.abs(value) / largest)
  }
  return value => (highest === lowest ? 0.5 : (value - lowest) / (highest - lowest))
}

/** Short enough for a cell; the table has all digits. */
function shortText(value: Quantity, unit: Unit): string {
  if (value === null) return ''
  if (unit.kind === 'bytes' || unit.kind === 'seconds' || unit.kind === 'milliseconds') return quantityText(value, unit)
  const size = Math.abs(Number(value))
  if (unit.kind === 'share') {
    const share = {style: 'percent', maximumFractionDigits: size < 0.1 ? 1 : 0, signDisplay: 'negative'} as const
    return new Intl.NumberFormat('en', share).format(Number(value))
  }
  // Two digits at least, as 1,400 and 600 would both be 1K.
  const leading = size < 1 ? size : size / 1000 ** Math.floor(Math.log10(size) / 3)
  const compact = {notation: 'compact', maximumFractionDigits: leading < 9.95 ? 1 : 0, signDisplay: 'negative'} as const
  return new Intl.NumberFormat('en', compact).format(Number(value)).replace('K', 'k')
}
