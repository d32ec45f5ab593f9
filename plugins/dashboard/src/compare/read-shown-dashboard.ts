import {InvalidInputError} from '@omni-ops/core/operation'
import {parse} from 'csv-parse/sync'
import {Parser} from 'htmlparser2'
import {dataOf} from '../render/json/dashboard-document.ts'
import {periodText} from '../render/day-text.ts'
import {readDocument} from '../render/json/read-document.ts'
import {panelCsv, panelTable} from '../render/panel-table.ts'
import type {ShownDashboard, ShownTable} from './shown-dashboard.ts'

/** A file that is neither a dashboard as JSON nor a page that was built. */
export class NoDashboardError extends InvalidInputError {
  override readonly code = 'no_dashboard'
}

/**
 * Reads a JSON build, or a built page by the CSV files that it carries.
 * @throws NoDashboardError, InvalidDocumentError
 */
export function readShownDashboard(text: string, name: string): ShownDashboard {
  return /^\s*\{/.test(text) ? fromDocument(text, name) : fromPage(text, name)
}

function fromDocument(text: string, name: string): ShownDashboard {
  const {title, period, source, spec, panels} = dataOf(readDocument(text, name))
  return {
    title,
    period: periodText(period),
    sample: source === undefined,
    spec,
    panels: panels.map((shown): ShownTable => {
      const {id, title: heading} = shown.panel
      const figure = shown.panel.kind === 'figure'
      if ('reason' in shown) return {id, title: heading, figure, reason: shown.reason, rows: []}
      // Through CSV, as a page has it, so that a page and a JSON build of one moment do not differ.
      return {
        id,
        title: heading,
        figure,
        reason: undefined,
        rows: rowsOf(panelCsv(panelTable(shown.data, period))),
      }
    }),
  }
}

const rowsOf = (csv: string): string[][] => parse(csv, {bom: true, relax_column_count: true})

interface OpenSection {
  readonly id: string
  title: string
  text: string
  figure: boolean
  csv: string | undefined
}

function fromPage(html: string, name: string): ShownDashboard {
  const sections: OpenSection[] = []
  let section: OpenSection | undefined
  let element = ''
  let title = ''
  let period: string | undefined
  let sample = false
  const parser = new Parser({
    onopentag(tag, attributes) {
      element = tag
      if (tag === 'section') {
        section = {id: attributes.id ?? '', title: '', text: '', figure: false, csv: undefined}
        sections.push(section)
      }
      if (tag === 'meta' && attributes.name === 'omni-period') period = attributes.content
      if (attributes.class === 'sample') sample = true
      if (section === undefined) return
      if (attributes.class === 'value') section.figure = true
      const [, data] = /^data:text\/csv;charset=utf-8;base64,(.+)$/.exec(attributes.href ?? '') ?? []
      if (tag === 'a' && attributes.download === `${section.id}.csv` && data !== undefined) {
        section.csv = Buffer.from(data, 'base64').toString('utf8')
      }
    },
    ontext(text) {
      if (element === 'title') title += text
      if (section === undefined) return
      if (element === 'h2') section.title += text
      else section.text += text
    },
    onclosetag(tag) {
      element = ''
      if (tag === 'section') section = undefined
    },
  })
  parser.end(html)
  const panels = sections
    .filter(({csv, text}) => csv !== undefined || /^\s*Not shown:/.test(text))
    .map(({id, title: heading, text, figure, csv}): ShownTable => ({
      id,
      title: heading,
      figure,
      reason: csv === undefined ? text.replace(/^\s*Not shown:\s*/, '').trim() : undefined,
      rows: csv === undefined ? [] : rowsOf(csv),
    }))
  if (panels.length === 0) {
    throw new NoDashboardError(`${name} is no dashboard`, {
      hint: 'compare JSON builds (--format json) or pages that were built',
    })
  }
  return {title, period, sample, spec: undefined, panels}
}
