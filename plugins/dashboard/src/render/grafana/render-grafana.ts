import {createHash} from 'node:crypto'
import type {DashboardData} from '../../build/dashboard-data.ts'
import {slugOf} from '../../templates/index.ts'
import {database, databaseVariable} from './live/live-panel.ts'
import type {LiveScope} from './live/metric-rows.ts'
import {type GrafanaPanel, grafanaPanels, textPanel} from './grafana-panel.ts'

/** Of a classic dashboard's grid, as everywhere in Grafana. */
const columns = 24
/** Of Grafana 13; older ones are migrated from, newer ones migrate it. */
const schemaVersion = 42

const asked =
  'Panels ask the database that is chosen above, for the time that is chosen there; those that do not say of when they are.'

/**
 * A classic dashboard for Grafana. Of data from PostgreSQL its panels ask the database, for whatever time is chosen
 * there; of other data it shows the numbers that were built, which stand in it, so that it needs no data source and no
 * network.
 */
export async function renderGrafana(data: DashboardData): Promise<string> {
  const {title, summary, source, period, panels, missing} = data
  const told = [
    ...(summary === undefined ? [] : [summary]),
    source === undefined ? 'Sample data: nothing here happened' : `Data from ${source}`,
    `${period.current.firstDay} to ${period.current.lastDay} (${period.zone}), against the ${period.days} days before`,
    ...missing.map(each => `Not told by these data: ${each.title} ${each.reason}`),
  ]
  const scope = liveScope(data)
  const shownPanels = [
    ...panels.filter(({panel}) => panel.kind === 'figure'),
    ...panels.filter(({panel}) => panel.kind !== 'figure'),
  ].flatMap(each => grafanaPanels(each, period, scope))
  const isLive = shownPanels.some(({datasource}) => datasource === database)
  const about = isLive ? [...told, asked] : told
  const placed = placedPanels([
    textPanel('About these numbers', about.join('\n'), {width: columns, height: 4}),
    ...shownPanels,
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
    time: isLive
      ? {from: milliseconds(period.current.start), to: wholeMilliseconds(lastInstant(data))}
      : {from: firstMoment(data), to: lastMoment(data)},
    timepicker: {hidden: !isLive},
    refresh: '',
    schemaVersion,
    templating: {list: isLive ? [databaseVariable] : []},
    annotations: {list: []},
    panels: placed,
  }
  return `${JSON.stringify(dashboard, null, 2)}\n`
}

/**
 * Where the numbers of panels can be asked for. The time of a dashboard with a forecast reaches beyond its data, whose
 * last moment then ends the period, as it does on the page; where that was another moment, nothing is asked for.
 */
function liveScope(data: DashboardData): LiveScope | undefined {
  const {catalogue, period, origins, spec} = data
  if (origins === undefined) return undefined
  const scope = {catalogue, origins, zone: period.zone, filters: spec.filters}
  if (lastMoment(data) === milliseconds(period.current.end)) return scope
  const until = [...period.coverage.keys()].filter(table => catalogue.tables[table]?.ahead !== true)
  const last = until
    .map(table => period.coverage.get(table)!.end)
    .toSorted()
    .at(-1)
  return last === period.current.end ? {...scope, until} : undefined
}

/** Of the first step that is drawn, which may have begun before the days that the figures are of. */
function firstMoment({panels, period}: DashboardData): string {
  const starts = panels.flatMap(each =>
    'data' in each && each.data.kind === 'trend' ? each.data.buckets.slice(0, 1).map(({start}) => start) : [],
  )
  return milliseconds([period.current.start, ...starts].toSorted()[0]!)
}

/** Of the last step that is forecast, or of the days that the figures are of. */
const lastMoment = (data: DashboardData) => milliseconds(lastInstant(data))

function lastInstant({panels, period}: DashboardData): string {
  const ends = panels.flatMap(each => {
    const forecast = 'data' in each && each.data.kind === 'trend' ? each.data.forecast : undefined
    return forecast === undefined || 'reason' in forecast ? [] : forecast.buckets.map(({end}) => end)
  })
  return [period.current.end, ...ends].toSorted().at(-1)!
}

/** The end of a period is not in it, and Grafana's moments have no microseconds: the last row has to stay before it. */
function wholeMilliseconds(instant: string): string {
  const begun = milliseconds(instant)
  const isWhole = /\.\d{3}000Z$/.test(instant)
  return isWhole ? begun : new Date(Date.parse(begun) + 1).toISOString()
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
