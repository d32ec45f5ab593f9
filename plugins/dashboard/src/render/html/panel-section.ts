import type {ShownPanel} from '../../build/dashboard-data.ts'
import type {FigureData, PanelData, TrendData} from '../../query/panel-data.ts'
import type {ReportingPeriod} from '../../query/reporting-period.ts'
import type {Panel} from '../../spec/dashboard-spec.ts'
import {describePanel} from '../describe-panel.ts'
import {panelCsv, type PanelTable, panelTable} from '../panel-table.ts'
import {changeText, quantityText} from '../quantity-text.ts'
import {breakdownList, funnelList} from './bar-list.ts'
import {breakdownChart} from './breakdown-chart.ts'
import {legendOf} from './legend.ts'
import {markup, Markup} from './markup.ts'
import {matrixChart} from './matrix-chart.ts'
import {axisLabel} from './time-axis.ts'
import {mostBars, trendChart} from './trend-chart.ts'
import type {ChartWidth} from './vega-svg.ts'

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
  return length > 12 ? 'longest' : length > 8 ? 'longer' : length > 6 ? 'long' : 'short'
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
  const remarks = [...notes, ...remarksOn(data)]
  return markup`<section id="${panel.id}" class="${data.kind}">
    <h2>${panel.title}</h2>
    ${isEmpty(data) ? markup`<p class="nothing">There are no data for this.</p>` : await pictureOf(panel, data)}
    ${remarks.length === 0 ? undefined : markup`<p class="note">${remarks.join(' ')}</p>`}
    ${tableOf(panel, panelTable(data, period), remarkOnTable(data))}
  </section>`
}

function notShown(shown: ShownPanel): Markup {
  const reason = 'reason' in shown ? shown.reason : ''
  return markup`<section id="${shown.panel.id}" class="absent">
    <h2>${shown.panel.title}</h2>
    <p class="soft"><strong>Not shown:</strong> ${reason}</p>
  </section>`
}

function isEmpty(data: PictureData): boolean {
  switch (data.kind) {
    case 'funnel':
      return data.steps.every(({value}) => value === null)
    case 'matrix':
      return data.values.flat().every(value => value === null)
    case 'trend':
    case 'breakdown':
      return data.series.every(({values}) => values.every(value => value === null))
  }
}

function remarksOn(data: PictureData): readonly string[] {
  switch (data.kind) {
    case 'trend':
      return trendRemarks(data)
    case 'breakdown':
      return []
    case 'funnel':
      return ['Each step is counted by itself: who is in one need not have been in the one before.']
    case 'matrix': {
      const parts = data.columns.filter(({complete}) => !complete).map(({label}) => label)
      return parts.length === 0 ? [] : [`Not whole: ${parts.join(', ')}.`]
    }
  }
}

function trendRemarks({buckets, forecast, usual}: TrendData): readonly string[] {
  const [first, last] = [buckets[0], buckets.at(-1)]
  return [
    ...(first !== last && first?.complete === false ? [`${axisLabel(first.label)} began before these days.`] : []),
    ...(last?.complete === false
      ? [`${axisLabel(last.label)} is not over: drawn ${buckets.length > mostBars ? 'dashed' : 'dashed or pale'}.`]
      : []),
    ...(forecast === undefined ? [] : 'reason' in forecast ? [`No forecast: ${forecast.reason}.`] : forecast.notes),
    ...(usual === undefined ? [] : 'reason' in usual ? [`Nothing is marked: ${usual.reason}.`] : usual.notes),
  ]
}

/** What is to be said of the rows of a table, beside it. */
function remarkOnTable(data: PictureData): string | undefined {
  if (data.kind !== 'breakdown') return undefined
  const apart = data.series.filter((_, index) => data.additive[index] === false).map(({title}) => title)
  if (apart.length === 0) return undefined
  return `${apart.join(', ')}: computed for each row by itself; the rows do not add up to All.`
}

async function pictureOf(panel: Panel, data: PictureData): Promise<Markup | undefined> {
  switch (data.kind) {
    case 'funnel':
      return funnelList(data)
    case 'breakdown': {
      const mark = panel.kind === 'breakdown' ? panel.mark : 'bar'
      return mark === 'bar' ? breakdownList(data) : chartOf(panel, data, width => breakdownChart(data, mark, width))
    }
    case 'trend':
      return chartOf(panel, data, width => trendChart(data, panel.kind === 'trend' ? panel.mark : 'line', width))
    case 'matrix':
      return chartOf(panel, data, width => matrixChart(data, width))
  }
}

async function chartOf(panel: Panel, data: PictureData, draw: (width: ChartWidth) => Promise<string>): Promise<Markup> {
  const words = describePanel(panel.title, data)
  const [wide, narrow] = await Promise.all([draw('wide'), draw('narrow')])
  return markup`${legendOf(panel, data)}
    <div class="chart wide" role="img" aria-label="${words}">${new Markup(wide)}</div>
    <div class="chart narrow" role="img" aria-label="${words}">${new Markup(narrow)}</div>`
}

function tableOf({id, title}: Panel, table: PanelTable, remark?: string): Markup {
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
    ${remark === undefined ? undefined : markup`<p class="note">${remark}</p>`}
    ${rows.length > shown.length ? markup`<p class="note">The first ${shown.length} of ${rows.length} rows; the CSV has all.</p>` : undefined}
    <p><a download="${id}.csv" href="data:text/csv;charset=utf-8;base64,${csv}">${title} as CSV</a></p>
  </details>`
}

const numeric = (isNumber: boolean) => (isNumber ? new Markup(' class="number"') : undefined)
