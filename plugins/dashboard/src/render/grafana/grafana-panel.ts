import type {ShownPanel} from '../../build/dashboard-data.ts'
import type {BreakdownData, FigureData, PanelData, TrendData} from '../../query/panel-data.ts'
import type {ReportingPeriod} from '../../query/reporting-period.ts'
import type {Panel} from '../../spec/dashboard-spec.ts'
import {otherColour, seriesColours} from '../html/palette.ts'
import {grafanaSource, numberField, snapshotTarget, timeField} from './frame.ts'

/** A panel of a classic dashboard before it has a place and a number. */
export interface GrafanaPanel {
  readonly type: 'stat' | 'timeseries' | 'barchart' | 'table' | 'text'
  readonly title: string
  readonly description?: string
  readonly width: number
  readonly height: number
  readonly [more: string]: unknown
}

/** The panels that stand for one of a dashboard: its chart, and a table where a chart has not all of it. */
export function grafanaPanels(shown: ShownPanel, period: ReportingPeriod): readonly GrafanaPanel[] {
  const {panel, notes} = shown
  if ('reason' in shown) return [textPanel(panel.title, `Not shown: ${shown.reason}`, {width: 12, height: 4})]
  const description = notes.length === 0 ? {} : {description: notes.join(' ')}
  return panelsOf(panel, shown.data, period).map(each => ({...each, ...description}))
}

function panelsOf(panel: Panel, data: PanelData, period: ReportingPeriod): readonly GrafanaPanel[] {
  switch (data.kind) {
    case 'figure':
      return [statPanel(panel.title, data, period)]
    case 'trend':
      return [timeSeriesPanel(panel, data)]
    case 'breakdown':
      return [barPanel(panel.title, data), tablePanel(`${panel.title}: all of it`, data)]
  }
}

const colourOf = (index: number, other: boolean) =>
  other ? otherColour.light : seriesColours[index % seriesColours.length]!.light

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

function timeSeriesPanel(panel: Panel, {buckets, series}: TrendData): GrafanaPanel {
  const mark = panel.kind === 'trend' ? panel.mark : 'line'
  const open = buckets.filter(({complete}) => !complete).map(({label}) => label)
  return {
    type: 'timeseries',
    title: panel.title,
    ...(open.length === 0 ? {} : {description: `Not whole: ${open.join(', ')}`}),
    width: 12,
    height: 9,
    datasource: grafanaSource,
    targets: [
      snapshotTarget([
        timeField(
          'Time',
          buckets.map(({start}) => start),
        ),
        ...series.map(({title, values, unit, other}, index) =>
          numberField(title, values, unit, colourOf(index, other)),
        ),
      ]),
    ],
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

function barPanel(title: string, data: BreakdownData): GrafanaPanel {
  return {
    type: 'barchart',
    title,
    width: 12,
    height: 9,
    datasource: grafanaSource,
    targets: [partsTarget({...data, series: data.series.slice(0, 1)})],
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

function tablePanel(title: string, data: BreakdownData): GrafanaPanel {
  const all = {
    ...data,
    categories: [...data.categories, {label: 'All', kind: 'value' as const}],
    series: data.series.map((series, index) => ({...series, values: [...series.values, data.totals[index] ?? null]})),
  }
  return {
    type: 'table',
    title,
    width: 12,
    height: 9,
    datasource: grafanaSource,
    targets: [partsTarget(all)],
    fieldConfig: {defaults: {noValue: 'no data', color: {mode: 'fixed', fixedColor: 'text'}}, overrides: []},
    options: {showHeader: true, frameIndex: 0, cellHeight: 'sm'},
  }
}

const partsTarget = ({dimension, categories, series}: BreakdownData) =>
  snapshotTarget([
    {name: dimension, type: 'string', values: categories.map(({label}) => label)},
    ...series.map(({title, values, unit, other}) => numberField(title, values, unit, colourOf(0, other))),
  ])

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
