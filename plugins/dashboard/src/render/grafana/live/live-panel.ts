import type {PanelData} from '../../../query/panel-data.ts'
import type {Panel} from '../../../spec/dashboard-spec.ts'
import {unitOf} from '../frame.ts'
import type {GrafanaPanel} from '../grafana-panel.ts'
import {colourOf} from '../trend-frame.ts'
import {type LiveScope, NotLiveError} from './metric-rows.ts'
import {
  breakdownQueries,
  figureQuery,
  funnelQueries,
  type LiveColumn,
  type LiveQuery,
  trendQuery,
} from './panel-query.ts'

/** The id of Grafana's own plugin: pkg/tsdb/grafana-postgresql-datasource. */
const postgresType = 'grafana-postgresql-datasource'
/** The data source that is chosen there. */
export const database = {type: postgresType, uid: '${datasource}'}

/** The variable by which somebody chooses, in Grafana, the data source that leads to the database. */
export const databaseVariable = {
  type: 'datasource',
  name: 'datasource',
  label: 'PostgreSQL',
  query: postgresType,
  regex: '',
  multi: false,
  includeAll: false,
  hide: 0,
  refresh: 1,
  skipUrlSync: false,
  options: [],
}

/**
 * The panels of numbers, asking for them instead.
 * @throws NotLiveError where no query would show the same as the page
 */
export function livePanels(
  panel: Panel,
  data: PanelData,
  panels: readonly GrafanaPanel[],
  scope: LiveScope,
): readonly GrafanaPanel[] {
  const queries = queriesOf(panel, data, scope)
  return panels.map((each, index) => {
    const live = asking(each, queries[index]!)
    return panel.kind === 'figure' ? comparing(live) : live
  })
}

/** One for each panel. */
function queriesOf(panel: Panel, data: PanelData, scope: LiveScope): readonly LiveQuery[] {
  if (panel.kind === 'figure' && data.kind === 'figure') return [figureQuery(panel, data, scope)]
  if (panel.kind === 'trend' && data.kind === 'trend') return [trendQuery(panel, data, scope)]
  if (panel.kind === 'funnel' && data.kind === 'funnel') return funnelQueries(panel, data, scope)
  if (panel.kind === 'breakdown' && data.kind === 'breakdown') return breakdownQueries(panel, data, scope)
  throw new NotLiveError('no query has columns that follow from its rows')
}

function asking(panel: GrafanaPanel, {format, sql, columns, hasParts}: LiveQuery): GrafanaPanel {
  const {defaults} = panel.fieldConfig
  const [only] = columns
  return {
    ...panel,
    datasource: database,
    targets: [{refId: 'A', datasource: database, editorMode: 'code', format, rawQuery: true, rawSql: sql}],
    fieldConfig: hasParts
      ? {
          // Strings are labels of series: "Display name" of Grafana's standard options.
          defaults: {...defaults, displayName: '${__field.labels.part}', ...unitIn(only!)},
          overrides: [],
        }
      : {defaults, overrides: columns.map(overrideOf)},
  }
}

const unitIn = ({unit}: LiveColumn): {unit?: string} => (unit === undefined ? {} : {unit: unitOf(unit)})

/** Columns of a query have plain names, of which PostgreSQL cuts off nothing; this is what people call them. */
function overrideOf(column: LiveColumn, index: number) {
  const {unit} = unitIn(column)
  return {
    matcher: {id: 'byName', options: column.name},
    properties: [
      {id: 'displayName', value: column.title},
      ...(unit === undefined ? [] : [{id: 'unit', value: unit}]),
      ...(column.fixed ? [{id: 'color', value: {mode: 'fixed', fixedColor: colourOf(index, false)}}] : []),
    ],
  }
}

/** The days before stand beside them as a number of their own: Grafana's change would be one to nothing where none is known. */
const comparing = (panel: GrafanaPanel): GrafanaPanel => ({
  ...panel,
  options: {...panel.options, textMode: 'value_and_name', showPercentChange: false},
})
