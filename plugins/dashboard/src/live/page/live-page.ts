import {markup, Markup} from '../../render/html/markup.ts'
import {hashSource, mainOf} from '../../render/html/page.ts'
import type {FilterChoice} from '../filter-choices.ts'
import type {ListedDashboard} from '../live-directory.ts'
import {footerFragment, headerFragment, type LiveDashboard, type ShownView} from '../live-view.ts'
import {filterField, type Selection} from '../selection.ts'
import {liveScript} from './live-script.ts'
import {liveStyle} from './live-style.ts'

/** Where the index is; each dashboard is below it. */
export const indexPath = '/dashboards'

/** A page, without what is around it. */
export interface PageBody {
  readonly title: string
  readonly html: string
}

/**
 * Only what this program wrote may run, and only where the page came from may be asked. Nobody frames it, and nothing
 * that stands in data is anything but text.
 */
export const livePolicy = [
  "default-src 'none'",
  `script-src ${hashSource(liveScript)}`,
  `style-src ${hashSource(liveStyle)}`,
  "connect-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A page as a browser opens it. */
export function livePage({title, html}: PageBody): string {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>${new Markup(liveStyle)}</style>
      </head>
      <body>
        ${new Markup(html)}
        <script>${new Markup(liveScript)}</script>
      </body>
    </html>`.text
}

/** What a browser gets that has to say who its user is first. Nothing of any tenant is in it. */
export const signInBody: PageBody = {
  title: 'Dashboards',
  html: markup`<main id="live-sign-in" class="live-sign">
    <h1>Dashboards</h1>
    <noscript><p>These pages need JavaScript, since an API key does not belong into an address.</p></noscript>
    <p id="live-sign-problem" class="live-problem" role="alert" hidden></p>
    <form class="live-sign" id="live-sign-form">
      <label for="live-key">API key</label>
      <input id="live-key" type="password" autocomplete="off" spellcheck="false" />
      <button type="submit">Show the dashboards</button>
      <p class="soft">
        It stays in this tab and is forgotten when it closes. Leave it empty where a client certificate says who you are.
      </p>
    </form>
  </main>`.text,
}

/** What a browser gets where there is no page to show: what is wrong, and the way back. */
export function problemBody({message, hint}: {readonly message: string; readonly hint?: string | undefined}): PageBody {
  return {
    title: 'Dashboards',
    html: markup`<main class="live-sign">
      <h1>This cannot be shown</h1>
      <p class="live-problem" role="alert">${message}${hint === undefined ? '' : `: ${hint}`}</p>
      <p><a href="${indexPath}">All dashboards</a></p>
    </main>`.text,
  }
}

export function indexBody(dashboards: readonly ListedDashboard[]): PageBody {
  const items = dashboards.map(({id, title, summary, sample, problem}) => {
    const name = problem === undefined ? markup`<a href="${indexPath}/${id}">${title}</a>` : title
    return markup`<li>
      <section>
        <h2>${name}</h2>
        ${summary === undefined ? undefined : markup`<p>${summary}</p>`}
        ${sample ? markup`<p><strong class="sample">Sample data</strong></p>` : undefined}
        ${problem === undefined ? undefined : markup`<p class="soft">${problem}</p>`}
      </section>
    </li>`
  })
  const none = markup`<p>There are none yet. <code>omni dashboard build</code> makes some.</p>`
  return {
    title: 'Dashboards',
    html: markup`<header><h1>Dashboards</h1></header>
      <main>${items.length === 0 ? none : markup`<ul class="live-list">${items}</ul>`}</main>`.text,
  }
}

/** A dashboard, with what a viewer chooses by and what the script shows the state of the connection in. */
export function dashboardBody(
  dashboard: LiveDashboard,
  selection: Selection,
  {fragments, data, version, readAt, problem}: ShownView,
  choices: readonly FilterChoice[],
): PageBody {
  const pieces = new Map(fragments.map(({id, html}) => [id, new Markup(html)]))
  const sections = data.panels.map(({panel}) => pieces.get(panel.id)!)
  const at = readAt.toISOString()
  return {
    title: dashboard.title,
    html: markup`<div class="live-bar" id="live" data-version="${version}" data-events="/api/v1/dashboards/${dashboard.id}/events">
        <a href="${indexPath}">All dashboards</a>
        <p id="live-state" class="live-state" role="status">Not connected</p>
        <p class="soft">Data read <time id="live-read-at" datetime="${at}">${at}</time></p>
      </div>
      <p id="live-problem" class="live-problem" role="alert" ${new Markup(problem === undefined ? 'hidden' : '')}>${problemText(problem ?? null)}</p>
      ${controls(dashboard, selection, choices)}
      <div id="${headerFragment}">${pieces.get(headerFragment)}</div>
      ${mainOf(data, sections)}
      <div id="${footerFragment}">${pieces.get(footerFragment)}</div>`.text,
  }
}

export const problemText = (problem: string | null): string =>
  problem === null ? '' : `This is as it was last read. ${problem}`

function controls({id}: LiveDashboard, {from, to, where}: Selection, choices: readonly FilterChoice[]): Markup {
  // A filter of the address that is no choice stays one, since it counts.
  const others = Object.keys(where).filter(name => !choices.some(({dimension}) => dimension === name))
  const all = [...choices, ...others.map(name => ({dimension: name, title: name, values: []}))]
  const selects = all.map(({dimension, title, values}) => {
    const field = filterField(dimension)
    const chosen = where[dimension]
    const shown = chosen === undefined || values.includes(chosen) ? values : [chosen, ...values]
    return markup`<label for="${field}"
      >${title}
      <select id="${field}" name="${field}">
        <option value="">All</option>
        ${shown.map(value => markup`<option value="${value}"${new Markup(value === chosen ? ' selected' : '')}>${value}</option>`)}
      </select></label
    >`
  })
  const day = (name: 'from' | 'to', title: string, value: string | undefined) =>
    markup`<label for="${name}">${title} <input type="date" id="${name}" name="${name}" value="${value ?? ''}" /></label>`
  return markup`<form class="live-controls" id="live-controls" method="get" action="${indexPath}/${id}" aria-label="What is shown">
    ${day('from', 'First day', from)} ${day('to', 'Last day', to)} ${selects}
    <button type="submit" id="live-apply">Show</button>
    <a href="${indexPath}/${id}" id="live-reset">Usual days, everything</a>
  </form>`
}
