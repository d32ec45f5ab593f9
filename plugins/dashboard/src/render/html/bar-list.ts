import type {BreakdownData} from '../../query/panel-data.ts'
import type {Quantity} from '../../query/metric-query.ts'
import {quantityText} from '../quantity-text.ts'
import {markup, type Markup} from './markup.ts'
import {colourOf} from './palette.ts'

/** Beside the first metric; wide lists show all of them, narrow ones none. */
const mostBeside = 3

/** Letters of a label that stay on one line, on a phone too. */
const mostOnOneLine = 20

/**
 * A breakdown as rows of a table, each with a bar: the first metric is drawn, some others stand beside it. Text stays
 * text, so that it wraps, grows and is read aloud.
 */
export function barList({dimension, categories, series}: BreakdownData): Markup | undefined {
  const [drawn, ...others] = series
  if (drawn === undefined) return undefined
  const beside = others.slice(0, mostBeside)
  const bar = barsOf(drawn.values)
  return markup`<div class="bar-list">
    <table>
      <thead>
        <tr>
          <th scope="col">${dimension}</th>
          <th scope="col" colspan="2">${drawn.title}</th>
          ${beside.map(({title}, index) => markup`<th scope="col" class="number beside-${index}">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${categories.map(
          ({label, kind}, row) =>
            markup`<tr>
              <th scope="row" class="${label.length > mostOnOneLine ? 'lines' : 'line'}">${label}</th>
              <td class="bar">${bar(drawn.values[row] ?? null, kind === 'other')}</td>
              <td class="number">${quantityText(drawn.values[row] ?? null, drawn.unit)}</td>
              ${beside.map(
                ({values, unit}, index) =>
                  markup`<td class="number beside-${index}">${quantityText(values[row] ?? null, unit)}</td>`,
              )}
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
