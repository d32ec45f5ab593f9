import {createHash} from 'node:crypto'
import type {DashboardData} from '../../build/dashboard-data.ts'
import {slugOf} from '../../templates/index.ts'
import {type GrafanaPanel, grafanaPanels, textPanel} from './grafana-panel.ts'

/** Of a classic dashboard's grid, as everywhere in Grafana. */
const columns = 24
/** Of Grafana 13; older ones are migrated from, newer ones migrate it. */
const schemaVersion = 42

/**
 * A classic dashboard for Grafana that shows the numbers that were built: they stand in it, so that it needs no data
 * source and no network.
 */
export async function renderGrafana(data: DashboardData): Promise<string> {
  const {title, summary, source, period, panels, missing} = data
  const told = [
    ...(summary === undefined ? [] : [summary]),
    source === undefined ? 'Sample data: nothing here happened' : `Data from ${source}`,
    `${period.current.firstDay} to ${period.current.lastDay} (${period.zone}), against the ${period.days} days before`,
    ...missing.map(each => `Not told by these data: ${each.title} ${each.reason}`),
  ]
  const placed = placedPanels([
    textPanel('About these numbers', told.join('\n'), {width: columns, height: 4}),
    ...panels.filter(({panel}) => panel.kind === 'figure').flatMap(each => grafanaPanels(each, period)),
    ...panels.filter(({panel}) => panel.kind !== 'figure').flatMap(each => grafanaPanels(each, period)),
  ])
  const dashboard = {
    id: null,
    uid: `omni-${createHash('sha256').update(title).digest('hex').slice(0, 24)}`,
    title,
    ...(summary === undefined ? {} : {description: summary}),
    tags: ['omni', ...(source === undefined ? ['sample'] : []), slugOf(title)].filter(tag => tag !== ''),
    timezone: period.zone,
    editable: true,
    graphTooltip: 1,
    time: {from: firstMoment(data), to: lastMoment(data)},
    timepicker: {hidden: true},
    refresh: '',
    schemaVersion,
    templating: {list: []},
    annotations: {list: []},
    panels: placed,
  }
  return `${JSON.stringify(dashboard, null, 2)}\n`
}

/** Of the first step that is drawn, which may have begun before the days that the figures are of. */
function firstMoment({panels, period}: DashboardData): string {
  const starts = panels.flatMap(each =>
    'data' in each && each.data.kind === 'trend' ? each.data.buckets.slice(0, 1).map(({start}) => start) : [],
  )
  return milliseconds([period.current.start, ...starts].toSorted()[0]!)
}

/** Of the last step that is forecast, or of the days that the figures are of. */
function lastMoment({panels, period}: DashboardData): string {
  const ends = panels.flatMap(each => {
    const forecast = 'data' in each && each.data.kind === 'trend' ? each.data.forecast : undefined
    return forecast === undefined || 'reason' in forecast ? [] : forecast.buckets.map(({end}) => end)
  })
  return milliseconds([period.current.end, ...ends].toSorted().at(-1)!)
}

const milliseconds = (instant: string) => new Date(instant).toISOString()

/** Row by row from the left, each row as high as its highest panel. */
function placedPanels(panels: readonly GrafanaPanel[]) {
  let [x, y, row] = [0, 0, 0]
  return panels.map(({width, height, ...panel}, index) => {
    if (x + width > columns) [x, y, row] = [0, y + row, 0]
    const gridPos = {x, y, w: width, h: height}
    x += width
    row = Math.max(row, height)
    return {id: index + 1, ...panel, gridPos}
  })
}
