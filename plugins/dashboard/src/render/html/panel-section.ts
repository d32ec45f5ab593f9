import type {ShownPanel} from '../../build/dashboard-data.ts'
import type {FigureData, PanelData} from '../../query/panel-data.ts'
import type {ReportingPeriod} from '../../query/reporting-period.ts'
import type {Panel} from '../../spec/dashboard-spec.ts'
import {describePanel} from '../describe-panel.ts'
import {panelCsv, type PanelTable, panelTable} from '../panel-table.ts'
import {changeText, quantityText} from '../quantity-text.ts'
import {isEmpty, methodRemarks, remarksOn, stepRemarks} from '../remarks.ts'
import {breakdownList, funnelList} from './bar-list.ts'
import {drawing} from './drawing.ts'
import {legendOf} from './legend.ts'
import {markup, Markup} from './markup.ts'

type PictureData = Exclude<PanelData, FigureData>

/** Rows of a table that a page shows; its CSV has all. */
const mostRows = 400

/** One panel, in an element with its id. */
export async function sectionOf(shown: ShownPanel, period: ReportingPeriod): Promise<Markup> {
  if (!('data' in shown)) return notShown(shown)
  return shown.data.kind === 'figure'
    ? figureSection(shown, shown.data, period)
    : panelSection(shown, shown.data, period)
}

function figureSection({panel, notes}: ShownPanel, data: FigureData, period: ReportingPeriod): Markup {
  const value = quantityText(data.value, data.unit)
  return markup`<section id="${panel.id}" class="figure">
    <h2>${panel.title}</h2>
    <div class="number ${sizeOf(value)}"><p class="value">${value}</p></div>
    <div class="change">${comparison(data)} ${targetOf(data)} ${notes.map(note => markup`<p class="note">${note}</p>`)}</div>
    ${tableOf(panel, panelTable(data, period))}
  </section>`
}

/** A long number is written smaller, so that it stays on one line. */
function sizeOf({length}: string): string {
  const sizes = ['short', 'long', 'longer', 'longest'] as const
  return sizes[[6, 8, 10].filter(most => length > most).length]!
}

function comparison({value, previous, unit, metric, noComparison}: FigureData): Markup {
  if (noComparison !== undefined) return markup`<p class="soft">no comparison: ${noComparison}</p>`
  const change = changeText(value, previous, unit)
  if (change === undefined) return markup`<p class="soft">no comparison</p>`
  const before = quantityText(previous, unit)
  if (change.direction === 'same') return markup`<p class="soft">as before, ${before}</p>`
  const isGood = (change.direction === 'up') === (metric.better === 'higher')
  const verdict = metric.better === 'neither' ? undefined : isGood ? 'better' : 'worse'
  const arrow = {up: '▲', down: '▼'}[change.direction]
  return markup`<p>
      <span class="chip ${verdict}"
        ><span aria-hidden="true">${arrow}</span> <span class="unseen">${change.direction}</span> ${change.amount}</span
      >
    </p>
    <p class="soft">${verdict === undefined ? undefined : `${verdict}, `}from ${before}</p>`
}

function targetOf({target, unit}: FigureData): Markup | undefined {
  if (target === undefined) return undefined
  const reached = target.reached === null ? 'no data for the target' : quantityText(target.reached, {kind: 'share'})
  return markup`<p><strong>${reached}</strong> <span class="soft">of ${target.title}, ${quantityText(target.value, unit)}</span></p>`
}

async function panelSection({panel, notes}: ShownPanel, data: PictureData, period: ReportingPeriod): Promise<Markup> {
  const {seen, folded} = remarksFor(data)
  const remarks = [...notes, ...seen]
  return markup`<section id="${panel.id}" class="${data.kind}">
    <h2>${panel.title}</h2>
    ${isEmpty(data) ? markup`<p class="nothing">There are no data for this.</p>` : await pictureOf(panel, data)}
    ${remarks.length === 0 ? undefined : markup`<p class="note">${remarks.join(' ')}</p>`}
    ${tableOf(panel, panelTable(data, period), folded)}
  </section>`
}

/** What has to be read with a chart, and what goes with its table: whether rows add up, and how estimates were made. */
function remarksFor(data: PictureData): {readonly seen: readonly string[]; readonly folded: readonly string[]} {
  if (data.kind === 'breakdown') return {seen: [], folded: remarksOn(data)}
  if (data.kind === 'trend') return {seen: stepRemarks(data), folded: methodRemarks(data)}
  return {seen: remarksOn(data), folded: []}
}

function notShown(shown: ShownPanel): Markup {
  const reason = 'reason' in shown ? shown.reason : ''
  return markup`<section id="${shown.panel.id}" class="absent">
    <h2>${shown.panel.title}</h2>
    <p class="soft"><strong>Not shown:</strong> ${reason}</p>
  </section>`
}

async function pictureOf(panel: Panel, data: PictureData): Promise<Markup | undefined> {
  if (data.kind === 'funnel') return funnelList(data)
  if (data.kind === 'breakdown' && panel.kind === 'breakdown' && panel.mark === 'bar') return breakdownList(data)
  const words = describePanel(panel.title, data)
  const [wide, narrow] = await Promise.all([drawing(panel, data, 'wide'), drawing(panel, data, 'narrow')])
  return markup`${legendOf(panel, data)}
    <div class="chart wide" role="img" aria-label="${words}">${new Markup(wide)}</div>
    <div class="chart narrow" role="img" aria-label="${words}">${new Markup(narrow)}</div>`
}

function tableOf({id, title}: Panel, table: PanelTable, remarks: readonly string[] = []): Markup {
  const {columns, rows} = table
  const csv = Buffer.from(panelCsv(table)).toString('base64')
  const shown = rows.slice(0, mostRows)
  return markup`<details>
    <summary>Table<span class="unseen"> of ${title}</span></summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of ${title}">
      <table>
        <thead>
          <tr>
            ${columns.map(column => markup`<th scope="col" ${numeric(column.numeric)}>${column.title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            row =>
              markup`<tr>
                ${row.map((cell, index) => markup`<td${numeric(columns[index]!.numeric)}>${cell.text}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${remarks.map(remark => markup`<p class="note">${remark}</p>`)}
    ${rows.length > shown.length ? markup`<p class="note">The first ${shown.length} of ${rows.length} rows; the CSV has all.</p>` : undefined}
    <p><a download="${id}.csv" href="data:text/csv;charset=utf-8;base64,${csv}">${title} as CSV</a></p>
  </details>`
}

const numeric = (isNumber: boolean) => (isNumber ? new Markup(' class="number"') : undefined)
