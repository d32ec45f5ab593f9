import {createHash} from 'node:crypto'
import type {DashboardData} from '../../build/dashboard-data.ts'
import {partsOf} from '../../catalogue/catalogue.ts'
import {metricsOf} from '../../spec/dashboard-spec.ts'
import type {Missing} from '../../templates/bind-template.ts'
import {dayText, periodText, spanText} from '../day-text.ts'
import {describeAdditivity, describeMetric} from '../describe-metric.ts'
import {markup, Markup} from './markup.ts'
import {sectionOf} from './panel-section.ts'
import {style} from './style.ts'

export {isEmpty, remarksOn} from '../remarks.ts'
export {drawing} from './drawing.ts'
export {sectionOf} from './panel-section.ts'

/** What a page has beside what can be read without it. */
export interface PageAdditions {
  /** Read by the scripts, and run by nothing. */
  readonly data: {readonly id: string; readonly value: unknown}
  readonly scripts: readonly string[]
  readonly style: string
  /** What whoever looks has to know of it. */
  readonly note: string
}

/**
 * One file that needs nothing else: no script, no font, no picture, no request. The same page gives the same bytes.
 */
export async function renderPage(page: DashboardData, additions?: PageAdditions): Promise<string> {
  const styles = style + (additions?.style ?? '')
  const scripts = additions?.scripts ?? []
  const policy = [
    "default-src 'none'",
    `style-src ${hashSource(styles)}`,
    ...(scripts.length === 0 ? [] : [`script-src ${scripts.map(hashSource).join(' ')}`]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const sections = await Promise.all(page.panels.map(shown => sectionOf(shown, page.period)))
  const body = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="omni-period" content="${periodText(page.period)}" />
        <title>${page.title}</title>
        <style>${new Markup(styles)}</style>
      </head>
      <body>
        ${headerOf(page)} ${mainOf(page, sections)} ${footerOf(page)}
        ${additions === undefined ? undefined : [markup`<p class="note additions">${additions.note}</p>`, dataBlock(additions.data)]}
        ${scripts.map(script => markup`<script>${new Markup(script)}</script>`)}
      </body>
    </html> `
  return body.text
}

/** In JSON every `<` may be written otherwise, so that nothing in it ends its element. */
function dataBlock({id, value}: PageAdditions['data']): Markup {
  return markup`<script type="application/json" id="${id}">${new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'))}</script>`
}

/** A text between `<style>` or `<script>` as a policy allows it (CSP level 3, section 2.3.1, hash-source). */
export function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** What a dashboard tells, from where, and of which days. */
export function headerOf({title, summary, source, period}: DashboardData): Markup {
  return markup`<header>
    <div>
      <h1>${title}</h1>
      ${source === undefined ? markup`<strong class="sample">Sample data: nothing here happened</strong>` : markup`<span class="source">Data from ${source}</span>`}
      ${summary === undefined ? undefined : markup`<p class="soft">${summary}</p>`}
    </div>
    <div class="about">
      <p><strong>${spanText(period.current)}</strong> <span class="soft">${period.zone}</span></p>
      <p class="note">against the ${period.days} days before, ${spanText(period.previous)}, up to the same time of day</p>
    </div>
  </header>`
}

/** All panels, each as `sectionOf` made it, figures first. */
export function mainOf({panels}: DashboardData, sections: readonly Markup[]): Markup {
  const isFigure = (index: number) => panels[index]!.panel.kind === 'figure'
  const figures = sections.filter((_, index) => isFigure(index))
  const others = sections.filter((_, index) => !isFigure(index))
  return markup`<main>
    ${figures.length === 0 ? undefined : markup`<div class="figures of-${figures.length}">${figures}</div>`}
    <div class="panels of-${others.length}">${others}</div>
  </main>`
}

export function footerOf(page: DashboardData): Markup {
  return markup`<footer>
    ${page.missing.length === 0 ? undefined : missingSection(page.missing)} ${definitionSection(page)}
  </footer>`
}

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
  const known = [...period.coverage].map(
    ([table, {firstDay, lastDay}]) => `${table} from ${dayText(firstDay)} to ${dayText(lastDay)}`,
  )
  return markup`<section id="definitions">
    <details>
      <summary><h2>How each number is made</h2></summary>
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
    </details>
    <p class="note">
      The data tell of ${known.join('; ')}. Outside of that nothing is known, and nothing is shown as 0.
    </p>
  </section>`
}
