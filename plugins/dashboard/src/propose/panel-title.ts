import type {Catalogue} from '../catalogue/catalogue.ts'
import {dimensionsOf, metricsOf, type Panel} from '../spec/dashboard-spec.ts'
import {plainText} from './plain-text.ts'

const mostMetrics = 3
const mostDimensions = 2

/**
 * What a proposed panel is called, by what it shows and nothing else: `Refund rate by Product`. A model that could word
 * it could call revenue “Refunds”.
 */
export function panelTitle(panel: Panel, {metrics, dimensions}: Catalogue): string {
  const shown = metricsOf(panel).map(name => metrics[name]!.title)
  const [first, ...others] = shown.slice(0, panel.kind === 'breakdown' ? 1 : mostMetrics)
  const more = panel.kind !== 'breakdown' && shown.length > mostMetrics ? ['more'] : []
  const told = dimensionsOf({...panel, filters: []}, {filters: []}).map(name => dimensions[name]!.title)
  const grain = 'grain' in panel && panel.grain !== undefined ? [panel.grain] : []
  const by = [...told, ...grain]
  const filters = panel.filters.map(({dimension, operator, values}) => {
    const title = dimensions[dimension]!.title
    return `${title}${operator === 'not_in' ? ' not' : ''} ${listed(
      values.map(value => value ?? '(none)'),
      'or',
    )}`
  })
  const subject = listed([first!, ...others, ...more], 'and')
  const parts = [subject, ...(by.length > 0 ? [`by ${listed(by, 'and')}`] : [])].join(' ')
  return plainText(filters.length > 0 ? `${parts}, ${filters.join(', ')}` : parts, 100)
}

/** What a proposed dashboard is called: by its metrics, dimensions and grains, in the order in which it shows them. */
export function dashboardTitle(panels: readonly Panel[], {metrics, dimensions}: Catalogue): string {
  const unique = (names: readonly string[]) => [...new Set(names)]
  const shown = unique(panels.flatMap(panel => metricsOf(panel))).map(name => metrics[name]!.title)
  const told = unique(panels.flatMap(panel => dimensionsOf({...panel, filters: []}, {filters: []})))
  const by = [
    ...told.slice(0, mostDimensions).map(name => dimensions[name]!.title),
    ...unique(panels.flatMap(panel => ('grain' in panel && panel.grain !== undefined ? [panel.grain] : []))),
  ]
  const subject = listed([...shown.slice(0, mostMetrics), ...(shown.length > mostMetrics ? ['more'] : [])], 'and')
  return plainText(by.length > 0 ? `${subject} by ${listed(by, 'and')}` : subject, 100)
}

/** An id that tells what a panel shows, apart from those that are taken. */
export function panelId(panel: Panel, taken: ReadonlySet<string>): string {
  const dimensions = dimensionsOf({...panel, filters: []}, {filters: []})
  const names = [
    metricsOf(panel)[0]!,
    ...dimensions,
    ...('grain' in panel && panel.grain !== undefined ? [panel.grain] : []),
  ]
  const base = names.join('-').replaceAll('_', '-').slice(0, 58)
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`
    if (!taken.has(id)) return id
  }
}

function listed(texts: readonly string[], word: string): string {
  if (texts.length < 2) return texts.join('')
  return `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`
}
