import type {ShownPanel} from '../../build/dashboard-data.ts'
import type {BreakdownData, FigureData, FunnelData, MatrixData, PanelData, TrendData} from '../../query/panel-data.ts'
import type {ReportingPeriod} from '../../query/reporting-period.ts'
import type {Panel} from '../../spec/dashboard-spec.ts'
import {targetText} from '../comparison-text.ts'
import {remarksOn} from '../html/page.ts'
import {livePanels} from './live/live-panel.ts'
import {type LiveScope, NotLiveError} from './live/metric-rows.ts'
import {type Field, grafanaSource, numberField, snapshotTarget, timeField} from './frame.ts'
import {colourOf, trendFields} from './trend-frame.ts'

/** A panel of a classic dashboard before it has a place and a number. */
export interface GrafanaPanel {
  readonly type: 'stat' | 'timeseries' | 'barchart' | 'table' | 'text'
  readonly title: string
  readonly description?: string
  readonly width: number
  readonly height: number
  readonly datasource?: {readonly type: string; readonly uid: string}
  readonly fieldConfig: {
    readonly defaults: Readonly<Record<string, unknown>>
    readonly overrides: readonly unknown[]
  }
  readonly options: Readonly<Record<string, unknown>>
  readonly [more: string]: unknown
}

/**
 * The panels that stand for one of a dashboard: its chart, and a table where a chart has not all of it. They ask the
 * database where there is a scope to ask in, and have the numbers in them where there is none, or no query that is true.
 */
export function grafanaPanels(
  shown: ShownPanel,
  period: ReportingPeriod,
  scope: LiveScope | undefined,
): readonly GrafanaPanel[] {
  const {panel, notes} = shown
  if ('reason' in shown) return [textPanel(panel.title, `Not shown: ${shown.reason}`, {width: 12, height: 4})]
  const target = shown.data.kind === 'figure' ? targetText(shown.data.target, shown.data.unit) : undefined
  const snapshots = () => panelsOf(panel, shown.data, period)
  const told = [...notes, ...(target === undefined ? [] : [target]), ...remarksOn(shown.data)]
  if (scope === undefined) return described(snapshots(), told)
  try {
    return described(livePanels(panel, shown.data, snapshots(), within(scope, panel)), [
      ...notes,
      ...lastingRemarks(shown.data),
    ])
  } catch (error) {
    if (!(error instanceof NotLiveError)) throw error
    return described(snapshots(), [`As of ${period.current.lastDay}, when it was built: ${error.message}.`, ...told])
  }
}

const within = (scope: LiveScope, {filters}: Panel): LiveScope => ({...scope, filters: [...scope.filters, ...filters]})

function described(panels: readonly GrafanaPanel[], told: readonly string[]): readonly GrafanaPanel[] {
  return told.length === 0 ? panels : panels.map(each => ({...each, description: told.join(' ')}))
}

/** What is true of other days too: the steps that are not whole are others then. */
const lastingRemarks = (data: PanelData) => (data.kind === 'trend' ? [] : remarksOn(data))

function panelsOf(panel: Panel, data: PanelData, period: ReportingPeriod): readonly GrafanaPanel[] {
  switch (data.kind) {
    case 'figure':
      return [statPanel(panel.title, data, period)]
    case 'trend':
      return [timeSeriesPanel(panel, data)]
    case 'breakdown':
      return [
        barPanel(panel.title, partsFields({...data, series: data.series.slice(0, 1)})),
        tablePanel(`${panel.title}: all of it`, allFields(data)),
      ]
    case 'funnel':
      return [
        barPanel(panel.title, funnelFields(data).slice(0, 2)),
        tablePanel(`${panel.title}: all of it`, funnelFields(data)),
      ]
    case 'matrix':
      return [tablePanel(panel.title, matrixFields(data))]
  }
}

/**
 * With the change against the days before where Grafana computes the same one: in per cent of a number other than 0. It
 * takes the first and the last row for that.
 */
function statPanel(title: string, {value, previous, unit, metric}: FigureData, period: ReportingPeriod): GrafanaPanel {
  const compared = value !== null && previous !== null && Number(previous) !== 0 && unit.kind !== 'share'
  const rows = compared
    ? {times: [period.previous.start, period.current.start], values: [previous, value]}
    : {times: [period.current.start], values: [value]}
  return {
    type: 'stat',
    title,
    width: 6,
    height: 4,
    datasource: grafanaSource,
    targets: [snapshotTarget([timeField('Time', rows.times), numberField(metric.title, rows.values, unit)])],
    fieldConfig: {defaults: {noValue: 'no data', color: {mode: 'fixed', fixedColor: 'text'}}, overrides: []},
    options: {
      colorMode: 'value',
      graphMode: 'none',
      justifyMode: 'auto',
      textMode: 'value',
      wideLayout: true,
      showPercentChange: compared,
      percentChangeColorMode:
        metric.better === 'neither' ? 'same_as_value' : metric.better === 'lower' ? 'inverted' : 'standard',
      orientation: 'auto',
      // Not the last that is a number: nothing known is no figure of the days before.
      reduceOptions: {calcs: ['last'], fields: '', values: false},
    },
  }
}

function timeSeriesPanel(panel: Panel, data: TrendData): GrafanaPanel {
  const mark = panel.kind === 'trend' ? panel.mark : 'line'
  return {
    type: 'timeseries',
    title: panel.title,
    width: 12,
    height: 9,
    datasource: grafanaSource,
    targets: [snapshotTarget(trendFields(data))],
    fieldConfig: {
      defaults: {
        noValue: 'no data',
        custom: {
          drawStyle: mark === 'line' ? 'line' : 'bars',
          lineWidth: 2,
          fillOpacity: mark === 'line' ? 0 : 80,
          spanNulls: false,
          showPoints: 'auto',
          stacking: {mode: mark === 'stacked' ? 'normal' : 'none', group: 'A'},
        },
      },
      overrides: [],
    },
    options: {
      legend: {displayMode: 'list', placement: 'bottom', showLegend: true, calcs: []},
      tooltip: {mode: 'multi', sort: 'none'},
    },
  }
}

function barPanel(title: string, fields: readonly Field[]): GrafanaPanel {
  return {
    type: 'barchart',
    title,
    width: 12,
    height: 9,
    datasource: grafanaSource,
    targets: [snapshotTarget(fields)],
    fieldConfig: {defaults: {noValue: 'no data', custom: {fillOpacity: 80, lineWidth: 1}}, overrides: []},
    options: {
      orientation: 'horizontal',
      barWidth: 0.8,
      groupWidth: 0.7,
      fullHighlight: false,
      showValue: 'always',
      stacking: 'none',
      xTickLabelMaxLength: 24,
      xTickLabelRotation: 0,
      legend: {displayMode: 'list', placement: 'bottom', showLegend: false, calcs: []},
      tooltip: {mode: 'single', sort: 'none'},
    },
  }
}

function tablePanel(title: string, fields: readonly Field[]): GrafanaPanel {
  return {
    type: 'table',
    title,
    width: 12,
    height: 9,
    datasource: grafanaSource,
    targets: [snapshotTarget(fields)],
    fieldConfig: {defaults: {noValue: 'no data', color: {mode: 'fixed', fixedColor: 'text'}}, overrides: []},
    options: {showHeader: true, frameIndex: 0, cellHeight: 'sm'},
  }
}

const namesField = (name: string, values: readonly string[]): Field => ({name, type: 'string', values})

const partsFields = ({dimension, categories, series}: BreakdownData): readonly Field[] => [
  namesField(
    dimension,
    categories.map(({label}) => label),
  ),
  ...series.map(({title, values, unit}) => numberField(title, values, unit, {colour: colourOf(0, false)})),
]

function allFields(data: BreakdownData): readonly Field[] {
  const {categories, series, totals, lift} = data
  const fields = partsFields({
    ...data,
    categories: [...categories, {label: 'All', kind: 'value'}],
    series: series.map((each, index) => ({...each, values: [...each.values, totals[index] ?? null]})),
  })
  const times = lift && numberField('Times All', [...lift, totals[0] == null ? null : '1'], {kind: 'number'})
  return times === undefined ? fields : [...fields, times]
}

const funnelFields = ({steps, unit}: FunnelData): readonly Field[] => [
  namesField(
    'Step',
    steps.map(({title}) => title),
  ),
  numberField(
    'Number',
    steps.map(({value}) => value),
    unit,
    {colour: colourOf(0, false)},
  ),
  numberField(
    'Of the first',
    steps.map(({ofFirst}) => ofFirst),
    {kind: 'share'},
  ),
  numberField(
    'Of the one before',
    steps.map(({ofPrevious}, index) => (index === 0 ? null : ofPrevious)),
    {kind: 'share'},
  ),
]

const matrixFields = ({rowTitle, rows, columns, values, unit}: MatrixData): readonly Field[] => [
  namesField(
    rowTitle,
    rows.map(({label}) => label),
  ),
  ...columns.map(({label, complete}, column) =>
    numberField(
      complete ? label : `${label} (not whole)`,
      values.map(row => row[column] ?? null),
      unit,
    ),
  ),
]

/** Text as it is: Grafana's editor shows it, and nothing of it is markup. */
export function textPanel(
  title: string,
  content: string,
  {width, height}: Pick<GrafanaPanel, 'width' | 'height'>,
): GrafanaPanel {
  return {
    type: 'text',
    title,
    width,
    height,
    fieldConfig: {defaults: {}, overrides: []},
    options: {mode: 'code', content, code: {language: 'plaintext', showLineNumbers: false, showMiniMap: false}},
  }
}
