import type {TopLevelSpec} from 'vega-lite'
import {downsample} from '../../query/downsample.ts'
import type {TrendData} from '../../query/panel-data.ts'
import type {TrendPanel} from '../../spec/dashboard-spec.ts'
import {bandLayers, outlookAxis, outlookLayers} from './outlook-layers.ts'
import {colourOf, dashOf} from './palette.ts'
import {timeAxis} from './time-axis.ts'
import {type ChartWidth, frame, scaled, svgOf, valueAxis} from './vega-svg.ts'

/** More points than pixels cannot be seen; more bars than these neither. */
const mostPoints = 500
export const mostBars = 130

/** A trend as SVG text, without script and style: the page's own variables are its colours. */
export async function trendChart(data: TrendData, mark: TrendPanel['mark'], width: ChartWidth): Promise<string> {
  const drawn = mark === 'line' || data.buckets.length > mostBars ? lines(data, width) : bars(data, mark, width)
  return svgOf(drawn)
}

function lines(data: TrendData, width: ChartWidth): TopLevelSpec {
  const {buckets, series} = data
  const kept = downsample(
    series.map(({values}) => values),
    buckets.length,
    mostPoints,
  )
  const unit = series[0]?.unit ?? {kind: 'number'}
  const pointed = kept.length <= 40
  const pieces = series.flatMap(({values, other}, index) =>
    kept.map(at => ({
      at,
      value: scaled(values[at] ?? null, unit),
      series: `${index}`,
      colour: colourOf(index, other),
      // A value between two gaps is no line.
      dot:
        values[at] !== null &&
        (pointed || (values[at - 1] ?? null) === null) &&
        (pointed || (values[at + 1] ?? null) === null),
      whole: buckets[at]!.complete,
      // Joins the step that is not whole with its whole neighbour, so that the line goes on, dashed.
      open: !buckets[at]!.complete || buckets[at + 1]?.complete === false || buckets[at - 1]?.complete === false,
    })),
  )
  const colour = {field: 'colour', type: 'nominal' as const, scale: null}
  const dash = {
    field: 'series',
    type: 'nominal' as const,
    legend: null,
    scale: {domain: series.map((_, index) => `${index}`), range: series.map((_, index) => [...dashOf(index)])},
  }
  const axis = outlookAxis(data)
  const y = {axis: valueAxis(unit, width), scale: {zero: true, nice: true}}
  return {
    ...frame(width, width === 'narrow' ? 190 : 240),
    data: {values: pieces},
    encoding: {
      x: {
        field: 'at',
        type: 'quantitative',
        scale: {domain: [0, Math.max(1, axis.length - 1)], nice: false, zero: false},
        axis: timeAxis(axis, width),
      },
      y: {field: 'value', type: 'quantitative', ...y},
      detail: {field: 'series', type: 'nominal'},
      color: colour,
    },
    layer: [
      ...bandLayers(data, unit, y),
      {
        mark: {type: 'line', strokeWidth: 2, strokeJoin: 'round'},
        encoding: {strokeDash: dash},
        transform: [{calculate: 'datum.whole ? datum.value : null', as: 'value'}],
      },
      {
        mark: {type: 'line', strokeWidth: 2, strokeDash: [2, 4], opacity: 0.75},
        transform: [{calculate: 'datum.open ? datum.value : null', as: 'value'}],
      },
      {
        mark: {type: 'point', filled: true, size: 22},
        transform: [{filter: 'datum.dot'}],
      },
      ...outlookLayers(data, unit),
    ],
  }
}

function bars({buckets, series}: TrendData, mark: 'bar' | 'stacked' | 'line', width: ChartWidth): TopLevelSpec {
  const unit = series[0]?.unit ?? {kind: 'number'}
  const values = buckets.flatMap((bucket, at) =>
    series.map(({values: each, other}, index) => ({
      at,
      order: index,
      value: scaled(each[at] ?? null, unit),
      colour: colourOf(index, other),
      opacity: bucket.complete ? 1 : 0.5,
    })),
  )
  const stacked = mark === 'stacked'
  return {
    ...frame(width, width === 'narrow' ? 190 : 240),
    data: {values},
    transform: [{filter: 'datum.value !== null'}],
    mark: {type: 'bar', stroke: 'var(--paper)', strokeWidth: 0.7},
    encoding: {
      x: {
        field: 'at',
        type: 'ordinal',
        scale: {domain: buckets.map((_, index) => index), paddingInner: 0.12, paddingOuter: 0.05},
        axis: timeAxis(buckets, width),
      },
      ...(stacked ? {} : {xOffset: {field: 'order', type: 'nominal' as const}}),
      y: {field: 'value', type: 'quantitative', stack: stacked ? 'zero' : null, axis: valueAxis(unit, width)},
      order: {field: 'order', type: 'quantitative'},
      color: {field: 'colour', type: 'nominal', scale: null},
      opacity: {field: 'opacity', type: 'quantitative', scale: null},
    },
  }
}
