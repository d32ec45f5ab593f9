import type {Quantity} from '../../query/metric-query.ts'
import type {BreakdownData, FunnelData} from '../../query/panel-data.ts'
import {quantityText, timesText} from '../quantity-text.ts'
import {markup, type Markup} from './markup.ts'
import {colourOf} from './palette.ts'

/** Columns beside the bars; wide lists show all of them, narrow ones none. */
const mostBeside = 3

/** Letters of a label that stay on one line, on a phone too. */
const mostOnOneLine = 22

/** A breakdown as rows, each with a bar: the first metric is drawn, some others stand beside it. */
export function breakdownList({dimension, categories, series, lift}: BreakdownData): Markup | undefined {
  const [drawn, ...others] = series
  if (drawn === undefined) return undefined
  const text = (each: BreakdownData['series'][number], row: number) => quantityText(each.values[row] ?? null, each.unit)
  return barList({
    label: dimension,
    drawn: drawn.title,
    beside: [...(lift === undefined ? [] : ['Times all']), ...others.map(({title}) => title)],
    rows: categories.map(({label, kind}, row) => ({
      label,
      isOther: kind === 'other',
      value: drawn.values[row] ?? null,
      text: text(drawn, row),
      beside: [...(lift === undefined ? [] : [timesText(lift[row] ?? null)]), ...others.map(each => text(each, row))],
    })),
  })
}

/** The steps of a funnel as rows, with their shares of the first step and of the one before. */
export function funnelList({steps, unit}: FunnelData): Markup {
  const share = (value: Quantity, row: number) => (row === 0 ? '' : quantityText(value, {kind: 'share'}))
  return barList({
    label: 'Step',
    drawn: 'How many',
    beside: ['Of the first', 'Of the step before'],
    rows: steps.map(({title, value, ofFirst, ofPrevious}, row) => ({
      label: title,
      isOther: false,
      value,
      text: quantityText(value, unit),
      beside: [share(ofFirst, row), share(ofPrevious, row)],
    })),
  })
}

interface BarList {
  readonly label: string
  readonly drawn: string
  readonly beside: readonly string[]
  readonly rows: readonly {
    readonly label: string
    readonly isOther: boolean
    readonly value: Quantity
    readonly text: string
    readonly beside: readonly string[]
  }[]
}

/** Bars in the rows of a table: text stays text, so that it wraps, grows and is read aloud. */
function barList({label, drawn, beside, rows}: BarList): Markup {
  const bar = barsOf(rows.map(({value}) => value))
  const cells = (texts: readonly string[], cell: (text: string, index: number) => Markup) =>
    texts.slice(0, mostBeside).map(cell)
  return markup`<div class="bar-list">
    <table>
      <thead>
        <tr>
          <th scope="col">${label}</th>
          <th scope="col" colspan="2">${drawn}</th>
          ${cells(beside, (text, index) => markup`<th scope="col" class="number beside-${index}">${text}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          row =>
            markup`<tr>
              <th scope="row" class="${row.label.length > mostOnOneLine ? 'lines' : 'line'}">${row.label}</th>
              <td class="bar">${bar(row.value, row.isOther)}</td>
              <td class="number">${row.text}</td>
              ${cells(row.beside, (text, index) => markup`<td class="number beside-${index}">${text}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

/** Bars on one scale that has 0 in it. Negative ones lie left of it. */
function barsOf(values: readonly Quantity[]): (value: Quantity, isOther: boolean) => Markup {
  const sizes = values.map(value => Number(value ?? 0))
  const [lowest, highest] = [Math.min(0, ...sizes), Math.max(0, ...sizes)]
  const share = (size: number) => (100 * size) / (highest - lowest || 1)
  return (value, isOther) => {
    const size = Number(value ?? 0)
    const [left, width] = [share(Math.min(0, size) - lowest), share(Math.abs(size))]
    return markup`<svg aria-hidden="true">
      <rect x="${left.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%" rx="3" fill="${colourOf(0, isOther)}" />
    </svg>`
  }
}
