import {createHash} from 'node:crypto'
import type {DashboardData, ShownPanel} from '../../build/dashboard-data.ts'
import {partsOf} from '../../catalogue/catalogue.ts'
import type {FigureData, PanelData, TrendData} from '../../query/panel-data.ts'
import type {ReportingPeriod} from '../../query/reporting-period.ts'
import {metricsOf, type Panel} from '../../spec/dashboard-spec.ts'
import type {Missing} from '../../templates/bind-template.ts'
import {describeAdditivity, describeMetric} from '../describe-metric.ts'
import {describePanel} from '../describe-panel.ts'
import {panelCsv, type PanelTable, panelTable} from '../panel-table.ts'
import {changeText, quantityText} from '../quantity-text.ts'
import {breakdownChart, funnelChart} from './breakdown-chart.ts'
import {legendOf} from './legend.ts'
import {markup, Markup} from './markup.ts'
import {matrixChart} from './matrix-chart.ts'
import {style} from './style.ts'
import {mostBars, trendChart} from './trend-chart.ts'
import type {ChartWidth} from './vega-svg.ts'

/** Rows of a table that a page shows; its CSV has all. */
const mostRows = 400

/**
 * One file that needs nothing else: no script, no font, no picture, no request. The same page gives the same bytes.
 */
export async function renderPage(page: DashboardData): Promise<string> {
  const policy = `default-src 'none'; style-src ${hashSource(style)}; base-uri 'none'; form-action 'none'`
  const sections = await Promise.all(page.panels.map(shown => sectionOf(shown, page.period)))
  const body = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title}</title>
        <style>${new Markup(style)}</style>
      </head>
      <body>
        ${headerOf(page)} ${mainOf(page, sections)} ${footerOf(page)}
      </body>
    </html> `
  return body.text
}

/** A text between `<style>` or `<script>` as a policy allows it (CSP level 3, section 2.3.1, hash-source). */
export function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** What a dashboard tells, from where, and of which days. */
export function headerOf({title, summary, source, period}: DashboardData): Markup {
  return markup`<header>
    <h1>${title}</h1>
    ${summary === undefined ? undefined : markup`<p>${summary}</p>`}
    ${source === undefined ? markup`<p><strong class="sample">Sample data: nothing here happened</strong></p>` : markup`<p class="soft">Data from ${source}</p>`}
    <p class="soft">
      ${period.current.firstDay} to ${period.current.lastDay} (${period.zone}), against the ${period.days} days before,
      ${period.previous.firstDay} to ${period.previous.lastDay}, up to the same time of day
    </p>
  </header>`
}

/** All panels, each as `sectionOf` made it, figures first. */
export function mainOf({panels}: DashboardData, sections: readonly Markup[]): Markup {
  const isFigure = (index: number) => panels[index]!.panel.kind === 'figure'
  return markup`<main>
    <div class="figures">${sections.filter((_, index) => isFigure(index))}</div>
    <div class="panels">${sections.filter((_, index) => !isFigure(index))}</div>
  </main>`
}

/** One panel, in an element with its id. */
export async function sectionOf(shown: ShownPanel, period: ReportingPeriod): Promise<Markup> {
  return shown.panel.kind === 'figure' ? figureSection(shown, period) : panelSection(shown, period)
}

export function footerOf(page: DashboardData): Markup {
  return markup`<footer>
    ${page.missing.length === 0 ? undefined : missingSection(page.missing)} ${definitionSection(page)}
  </footer>`
}

async function figureSection(shown: ShownPanel, period: ReportingPeriod): Promise<Markup> {
  const {panel, notes} = shown
  if (!('data' in shown) || shown.data.kind !== 'figure') return notShown(shown)
  const {data} = shown
  return markup`<section id="${panel.id}">
    <h2>${panel.title}</h2>
    <p class="value">${quantityText(data.value, data.unit)}</p>
    ${comparison(data)} ${targetOf(data)} ${notes.map(note => markup`<p class="soft">${note}</p>`)}
    ${tableOf(panel, panelTable(data, period))}
  </section>`
}

function comparison(data: FigureData): Markup {
  const {value, previous, unit, metric, noComparison} = data
  if (noComparison !== undefined) return markup`<p class="soft">no comparison: ${noComparison}</p>`
  const change = changeText(value, previous, unit)
  if (change === undefined) return markup`<p class="soft">no comparison</p>`
  const isGood =
    change.direction === 'same' || metric.better === 'neither'
      ? undefined
      : (change.direction === 'up') === (metric.better === 'higher')
  const arrow = {up: '▲', down: '▼', same: '='}[change.direction]
  return markup`<p>
    <span class="${isGood === undefined ? 'soft' : isGood ? 'good' : 'bad'}"
      ><span aria-hidden="true">${arrow}</span>
      ${change.text}${isGood === undefined ? '' : isGood ? ', better' : ', worse'}</span
    >
    <span class="soft">from ${quantityText(previous, unit)}</span>
  </p>`
}

function targetOf({target, unit}: FigureData): Markup | undefined {
  if (target === undefined) return undefined
  return markup`<p>
    ${target.reached === null ? 'no data for the target' : quantityText(target.reached, {kind: 'share'})}
    <span class="soft">of ${target.title}, ${quantityText(target.value, unit)}</span>
  </p>`
}

async function panelSection(shown: ShownPanel, period: ReportingPeriod): Promise<Markup> {
  const {panel, notes} = shown
  if (!('data' in shown)) return notShown(shown)
  const {data} = shown
  const remarks = [...notes, ...remarksOn(data)]
  return markup`<section id="${panel.id}">
    <h2>${panel.title}</h2>
    ${isEmpty(data) ? markup`<p>There are no data for this.</p>` : markup`${legendOf(panel, data)}${await chartOf(panel, data)}`}
    ${remarks.map(remark => markup`<p class="soft">${remark}</p>`)} ${tableOf(panel, panelTable(data, period))}
  </section>`
}

function notShown(shown: ShownPanel): Markup {
  const reason = 'reason' in shown ? shown.reason : ''
  return markup`<section id="${shown.panel.id}">
    <h2>${shown.panel.title}</h2>
    <p><strong>Not shown:</strong> ${reason}</p>
  </section>`
}

/** Whether there is nothing that could be drawn. */
export function isEmpty(data: PanelData): boolean {
  switch (data.kind) {
    case 'figure':
      return data.value === null
    case 'funnel':
      return data.steps.every(({value}) => value === null)
    case 'matrix':
      return data.values.flat().every(value => value === null)
    case 'trend':
    case 'breakdown':
      return data.series.every(({values}) => values.every(value => value === null))
  }
}

/** What has to be known of a panel to read it right, in sentences. */
export function remarksOn(data: PanelData): readonly string[] {
  switch (data.kind) {
    case 'figure':
      return []
    case 'trend':
      return trendRemarks(data)
    case 'breakdown': {
      const apart = data.series.filter((_, index) => data.additive[index] === false).map(({title}) => title)
      return apart.length === 0
        ? []
        : [`${apart.join(', ')}: computed for each row by itself; the rows do not add up to All.`]
    }
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
    ...(last?.complete === false
      ? [
          `The last step, ${last.label}, is not over: it is drawn ${buckets.length > mostBars ? 'dashed' : 'dashed or pale'}.`,
        ]
      : []),
    ...(first !== last && first?.complete === false
      ? [`The first step, ${first.label}, began before these days.`]
      : []),
    ...(forecast === undefined ? [] : 'reason' in forecast ? [`No forecast: ${forecast.reason}.`] : forecast.notes),
    ...(usual === undefined ? [] : 'reason' in usual ? [`Nothing is marked: ${usual.reason}.`] : usual.notes),
  ]
}

/** What is drawn of a panel, as SVG text; empty for a figure, which is a number and no picture. */
export async function drawing(panel: Panel, data: PanelData, width: ChartWidth): Promise<string> {
  switch (data.kind) {
    case 'figure':
      return ''
    case 'trend':
      return trendChart(data, panel.kind === 'trend' ? panel.mark : 'line', width)
    case 'breakdown':
      return breakdownChart(data, panel.kind === 'breakdown' ? panel.mark : 'bar', width)
    case 'funnel':
      return funnelChart(data, width)
    case 'matrix':
      return matrixChart(data, width)
  }
}

async function chartOf(panel: Panel, data: PanelData): Promise<Markup> {
  const draw = (width: ChartWidth) => drawing(panel, data, width)
  const words = describePanel(panel.title, data)
  const [wide, narrow] = await Promise.all([draw('wide'), draw('narrow')])
  return markup`<div class="chart wide" role="img" aria-label="${words}">${new Markup(wide)}</div>
    <div class="chart narrow" role="img" aria-label="${words}">${new Markup(narrow)}</div>`
}

function tableOf({id, title}: Panel, table: PanelTable): Markup {
  const {columns, rows} = table
  const csv = Buffer.from(panelCsv(table)).toString('base64')
  const shown = rows.slice(0, mostRows)
  return markup`<details>
    <summary>Table of ${title}</summary>
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
    ${rows.length > shown.length ? markup`<p class="soft">The first ${shown.length} of ${rows.length} rows; the CSV has all.</p>` : undefined}
    <p><a download="${id}.csv" href="data:text/csv;charset=utf-8;base64,${csv}">${title} as CSV</a></p>
  </details>`
}

const numeric = (isNumber: boolean) => (isNumber ? new Markup(' class="number"') : undefined)

function missingSection(missing: readonly Missing[]): Markup {
  return markup`<section id="missing">
    <h2>What these data do not tell</h2>
    <ul>
      ${missing.map(({title, reason}) => markup`<li>${title}: ${reason}</li>`)}
    </ul>
  </section>`
}

function definitionSection({panels, catalogue, period}: DashboardData): Markup {
  const shown = new Set(
    panels
      .flatMap(each => ('data' in each ? metricsOf(each.panel) : []))
      .flatMap(name => [name, ...partsOf(name, catalogue).map(([part]) => part)]),
  )
  const rows = Object.entries(catalogue.metrics).filter(([name]) => shown.has(name))
  return markup`<section id="definitions">
    <h2>How each number is made</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="How each number is made">
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Made of</th>
            <th scope="col">Parts</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([, metric]) =>
              markup`<tr>
                <td>
                  ${metric.title}${metric.description === undefined ? undefined : markup`<br /><span class="soft">${metric.description}</span>`}
                </td>
                <td>${describeMetric(metric, catalogue)}</td>
                <td>${describeAdditivity(metric)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="soft">
      ${[...period.coverage].map(([table, {firstDay, lastDay}]) => `${table} tells of ${firstDay} to ${lastDay}`).join('; ')}.
      Outside of that nothing is known, and nothing is shown as 0.
    </p>
  </section>`
}
