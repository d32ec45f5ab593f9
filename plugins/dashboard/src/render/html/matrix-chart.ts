import type {Unit} from '../../catalogue/catalogue.ts'
import type {Quantity} from '../../query/metric-query.ts'
import type {MatrixData} from '../../query/panel-data.ts'
import {quantityText} from '../quantity-text.ts'
import {axisLabel} from './time-axis.ts'
import {type ChartWidth, distinct, frame, pixels, scaled, shortened, svgOf} from './vega-svg.ts'

/** Of the strongest cell; more would leave its number without contrast on one of the two grounds. */
const strongest = 0.5
const weakest = 0.04
const characterWidth = 6.6
const labelWidth = 7

/** A heat map: the more, the stronger the colour, with the number in each cell where there is room for it. */
export function matrixChart({rows, columns, values, unit}: MatrixData, width: ChartWidth): Promise<string> {
  const rowLabels = distinct(rows.map(({label}) => shortened(label, width === 'narrow' ? 12 : 22)))
  const columnLabels = distinct(
    columns.map(({label}) => shortened(/^\d{4}-\d\d(-\d\d)?( |$)/.test(label) ? axisLabel(label) : label, 12)),
  )
  const numbers = values.flat().flatMap(value => (value === null ? [] : [Number(value)]))
  const [lowest, highest] = [Math.min(0, ...numbers), Math.max(0, ...numbers)]
  const left = Math.max(...rowLabels.map(label => label.length)) * labelWidth + 16
  const room = (pixels[width] - left) / Math.max(1, columns.length)
  const texts = values.map(row => row.map(value => (value === null ? '' : shortText(value, unit))))
  const hasRoom = Math.max(0, ...texts.flat().map(text => text.length)) * characterWidth + 4 <= room
  const cells = values.flatMap((row, at) =>
    row.flatMap((value, across) => {
      const size = scaled(value, unit)
      if (size === null) return []
      const share = highest === lowest ? 0 : (Number(value) - lowest) / (highest - lowest)
      return [{at, across, opacity: weakest + (strongest - weakest) * share, text: texts[at]![across]!}]
    }),
  )
  const every = Math.ceil((Math.max(1, ...columnLabels.map(label => label.length)) * labelWidth + 6) / room)
  const shown = columnLabels.flatMap((_, index) => (index % every === 0 ? [index] : []))
  const named = (labels: readonly string[]) => `${JSON.stringify(Object.fromEntries(labels.entries()))}[datum.value]`
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
        axis: {...axis, orient: 'top', values: shown, labelExpr: named(columnLabels), labelFlush: true},
      },
    },
    layer: [
      {
        mark: {type: 'rect', color: 'var(--series-0)', stroke: 'var(--paper)', strokeWidth: 1.5},
        encoding: {fillOpacity: {field: 'opacity', type: 'quantitative', scale: null}},
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

/** Short enough for a cell; the table has all digits. */
function shortText(value: Quantity, unit: Unit): string {
  if (value === null) return ''
  if (unit.kind === 'bytes' || unit.kind === 'seconds' || unit.kind === 'milliseconds') return quantityText(value, unit)
  const isShare = unit.kind === 'share'
  const digits = Math.abs(Number(value)) < (isShare ? 0.1 : 10) ? 1 : 0
  return new Intl.NumberFormat('en', {
    ...(isShare ? {style: 'percent'} : {notation: 'compact'}),
    maximumFractionDigits: digits,
  }).format(Number(value))
}
