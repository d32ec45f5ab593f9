import type {TopLevelSpec} from 'vega-lite'
import type {Unit} from '../../catalogue/catalogue.ts'
import {downsample} from '../../query/downsample.ts'
import type {Quantity} from '../../query/metric-query.ts'
import type {BreakdownData, TrendData} from '../../query/panel-data.ts'
import type {Bucket} from '../../query/reporting-period.ts'
import type {TrendPanel} from '../../spec/dashboard-spec.ts'
import {quantityText, unitText} from '../quantity-text.ts'
import {colourOf, dashOf} from './palette.ts'

/** A phone and everything wider; the page shows the one that fits. */
export type ChartWidth = 'narrow' | 'wide'
const pixels: Readonly<Record<ChartWidth, number>> = {narrow: 330, wide: 640}

/** More points than pixels cannot be seen; more bars than these neither. */
const mostPoints = 500
export const mostBars = 130

/** A trend as SVG text, without script and style: the page's own variables are its colours. */
export async function trendChart(data: TrendData, mark: TrendPanel['mark'], width: ChartWidth): Promise<string> {
  const drawn = mark === 'line' || data.buckets.length > mostBars ? lines(data, width) : bars(data, mark, width)
  return svgOf(drawn)
}

/** The first series of a breakdown as horizontal bars, each with its number. */
export async function breakdownChart(data: BreakdownData, width: ChartWidth): Promise<string> {
  const [series] = data.series
  if (series === undefined) return ''
  const {unit} = series
  const labels = distinct(data.categories.map(({label}) => shortened(label, width === 'narrow' ? 14 : 24)))
  const values = data.categories.map((category, index) => ({
    label: labels[index],
    value: scaled(series.values[index] ?? null, unit),
    text: quantityText(series.values[index] ?? null, unit),
    colour: colourOf(0, category.kind === 'other'),
  }))
  const numbers = values.map(({value}) => value ?? 0)
  const [lowest, highest] = [Math.min(0, ...numbers), Math.max(0, ...numbers)]
  // Room for the number behind the longest bar.
  const room = (highest - lowest || 1) * (width === 'narrow' ? 0.45 : 0.22)
  return svgOf({
    ...frame(width, Math.max(1, values.length) * 30),
    data: {values},
    encoding: {
      y: {
        field: 'label',
        type: 'nominal',
        scale: {domain: labels},
        axis: {title: null, ticks: false, domain: false},
      },
      x: {
        field: 'value',
        type: 'quantitative',
        axis: null,
        scale: {domain: [lowest < 0 ? lowest - room : 0, highest + room], nice: false},
      },
    },
    layer: [
      {mark: {type: 'bar', height: {band: 0.66}}, encoding: {color: {field: 'colour', type: 'nominal', scale: null}}},
      {
        mark: {type: 'text', align: 'left', dx: 5, color: 'var(--ink)'},
        encoding: {text: {field: 'text', type: 'nominal'}, x: {datum: 0, type: 'quantitative'}},
        transform: [{filter: 'datum.value === null'}],
      },
      {
        mark: {
          type: 'text',
          align: {expr: 'datum.value < 0 ? "right" : "left"'},
          dx: {expr: 'datum.value < 0 ? -5 : 5'},
          color: 'var(--ink)',
        },
        encoding: {text: {field: 'text', type: 'nominal'}},
        transform: [{filter: 'datum.value !== null'}],
      },
    ],
  })
}

function lines({buckets, series}: TrendData, width: ChartWidth): TopLevelSpec {
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
  return {
    ...frame(width, width === 'narrow' ? 190 : 240),
    data: {values: pieces},
    encoding: {
      x: {
        field: 'at',
        type: 'quantitative',
        scale: {domain: [0, Math.max(1, buckets.length - 1)], nice: false, zero: false},
        axis: timeAxis(buckets, width),
      },
      y: {field: 'value', type: 'quantitative', axis: valueAxis(unit, width), scale: {zero: true, nice: true}},
      detail: {field: 'series', type: 'nominal'},
      color: colour,
    },
    layer: [
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

function frame(width: ChartWidth, height: number) {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: pixels[width],
    height,
    autosize: {type: 'fit' as const, contains: 'padding' as const},
    background: 'transparent',
    padding: 4,
    config,
  }
}

const config = {
  aria: false,
  font: 'system-ui, sans-serif',
  view: {stroke: null},
  text: {fontSize: 12},
  axis: {
    labelColor: 'var(--soft)',
    titleColor: 'var(--soft)',
    titleFontWeight: 'normal' as const,
    labelFontSize: 12,
    titleFontSize: 12,
    gridColor: 'var(--line)',
    domainColor: 'var(--line)',
    tickColor: 'var(--line)',
    labelLimit: 200,
  },
}

function valueAxis(unit: Unit, width: ChartWidth) {
  const title = unitText(unit)
  return {
    title: title === undefined || unit.kind === 'share' ? null : title,
    titleAngle: 0,
    titleAlign: 'left' as const,
    titleX: -4,
    titleY: -10,
    tickCount: width === 'narrow' ? 4 : 5,
    domain: false,
    ticks: false,
    ...(unit.kind === 'count' ? {tickMinStep: 1} : {}),
    format: unit.kind === 'share' ? '.3~p' : '.3~s',
  }
}

/** A few steps get a label: the first of each of so many equal stretches. */
function timeAxis(buckets: readonly Bucket[], width: ChartWidth) {
  const labels = buckets.map(({label}) => axisLabel(label))
  const widest = Math.max(1, ...labels.map(each => each.length)) * 7 + 14
  const count = Math.max(2, Math.floor((pixels[width] - 60) / widest))
  const step = Math.max(1, Math.ceil(buckets.length / count))
  const shown = labels.flatMap((label, index) =>
    index % step === 0 && buckets.length - index > step / 3 ? [{label, index}] : [],
  )
  const texts = Object.fromEntries(shown.map(({label, index}) => [index, label]))
  return {
    title: null,
    grid: false,
    values: shown.map(({index}) => index),
    labelAngle: 0,
    labelAlign: 'center' as const,
    labelFlush: true,
    labelExpr: `${JSON.stringify(texts)}[datum.value]`,
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `2026-03-29 14:00` as `29 Mar 14:00`: from its digits, so that no zone of this machine moves it. */
export function axisLabel(label: string): string {
  const [date = '', time] = label.split(' ')
  const [year, month, day] = date.split('-')
  const name = months[Number(month) - 1]
  if (day === undefined) return `${name} ${year}`
  return `${Number(day)} ${name}${time === undefined || time === '00:00' ? '' : ` ${time}`}`
}

/** For geometry alone: what is written comes from the exact digits. */
function scaled(value: Quantity, unit: Unit): number | null {
  if (value === null) return null
  return unit.kind === 'bytes' ? Number(value) / 1_073_741_824 : Number(value)
}

function shortened(text: string, length: number): string {
  const characters = [...text]
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}

/** Zero-width spaces behind labels that read alike, such as a value that is called Other. */
function distinct(labels: readonly string[]): string[] {
  return labels.map(
    (label, index) => label + '\u200b'.repeat(labels.slice(0, index).filter(each => each === label).length),
  )
}

async function svgOf(spec: TopLevelSpec): Promise<string> {
  const [vega, {compile}] = await Promise.all([import('vega'), import('vega-lite')])
  const silent = vega.logger(vega.None)
  const view = new vega.View(vega.parse(compile(spec, {logger: silent}).spec), {renderer: 'none', logger: silent})
  const svg = await view.toSVG()
  view.finalize()
  // The element around it says in words what it shows; what is inside is a picture.
  return svg
    .replaceAll(/ (role|aria-roledescription|aria-hidden|aria-label)="[^"]*"/g, '')
    .replace('<svg ', '<svg aria-hidden="true" ')
}
