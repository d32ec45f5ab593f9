import type {CSSProperties, ReactNode} from 'react'
import {
  Bar,
  BarChart,
  CartesianGrid,
  Cell,
  Legend,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'

/** An exact decimal as text; null where there is no number. */
export type Quantity = string | null

export type Unit =
  | {kind: 'currency'; currency?: string; column?: string}
  | {kind: 'count'; noun?: string}
  | {kind: 'number'; noun?: string}
  | {kind: 'share'}
  | {kind: 'seconds'}
  | {kind: 'milliseconds'}
  | {kind: 'bytes'}

export interface Series {
  title: string
  unit: Unit
  values: Quantity[]
  other: boolean
}

export interface FigureData {
  kind: 'figure'
  unit: Unit
  metric: {title: string; better: 'higher' | 'lower' | 'neither'; [more: string]: unknown}
  value: Quantity
  previous: Quantity
  no_comparison?: string
}

export interface TrendData {
  kind: 'trend'
  buckets: {key: string; label: string; start: string; end: string; complete: boolean}[]
  series: Series[]
}

export interface BreakdownData {
  kind: 'breakdown'
  dimension: string
  categories: {label: string; kind: 'value' | 'none' | 'other'}[]
  series: Series[]
  totals: Quantity[]
  additive: boolean[]
}

export type PanelData = FigureData | TrendData | BreakdownData

interface PanelHeading {
  id: string
  title: string
  [more: string]: unknown
}

export type PanelState =
  | {status: 'shown'; panel: PanelHeading; notes: string[]; data: PanelData; text?: unknown}
  | {status: 'not_shown'; panel: PanelHeading; notes: string[]; reason: string}

interface Days {
  start: string
  end: string
  first_day: string
  last_day: string
}

/** What `omni dashboard build --format json` writes. */
export interface DashboardData {
  kind: 'omni.dashboard'
  version: 1
  title: string
  summary: string | null
  sample: boolean
  source: string | null
  period: {zone: string; days: number; current: Days; previous: Days; coverage: Record<string, Days>}
  spec: unknown
  catalogue: unknown
  missing: {kind: 'metric' | 'dimension'; name: string; title: string; reason: string}[]
  panels: PanelState[]
}

export interface DashboardProps {
  /** The newest data; while there are none, the dashboard says that it is loading. */
  data?: DashboardData | undefined
  /** Others are on their way: what is there stays, marked as busy. */
  loading?: boolean
  error?: Error | string | null | undefined
  onRetry?: (() => void) | undefined
}

/** A panel as this dashboard is laid out; its data are found by its id. */
export interface PanelLayout {
  readonly id: string
  readonly kind: PanelData['kind']
  readonly title: string
  readonly mark?: 'line' | 'bar' | 'stacked'
}

const noData = 'no data'

const plain = (digits: number) => new Intl.NumberFormat('en', {maximumFractionDigits: digits})

/** A quantity as people read it, from its exact digits. */
export function quantityText(value: Quantity, unit: Unit): string {
  if (value === null) return noData
  // Text is formatted exactly, where a number would lose digits above 2^53.
  const exact = value as Intl.StringNumericLiteral
  switch (unit.kind) {
    case 'currency':
      return unit.currency === undefined ? plain(2).format(exact) : money(unit.currency, value).format(exact)
    case 'share':
      return new Intl.NumberFormat('en', {style: 'percent', maximumFractionDigits: 1}).format(exact)
    case 'milliseconds':
      return `${plain(1).format(exact)} ms`
    case 'seconds':
      return `${plain(1).format(exact)} s`
    case 'bytes':
      return bytesText(Number(value))
    case 'count':
    case 'number':
      return plain(2).format(exact)
  }
}

function money(currency: string, value: string): Intl.NumberFormat {
  const tiny = Number(value) !== 0 && Math.abs(Number(value)) < 0.1
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    ...(tiny ? {minimumSignificantDigits: 1, maximumSignificantDigits: 3} : {}),
  })
}

function bytesText(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  const step = value === 0 ? 0 : Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.abs(value)) / 10)))
  return `${plain(1).format(value / 1024 ** step)} ${units[step]}`
}

function changeText({value, previous, unit, metric}: FigureData): string | undefined {
  if (value === null || previous === null) return undefined
  const difference = Number(value) - Number(previous)
  if (difference === 0) return '= no change'
  const [arrow, word] = difference > 0 ? ['▲', 'up'] : ['▼', 'down']
  const better =
    metric.better === 'neither' ? '' : difference > 0 === (metric.better === 'higher') ? ', better' : ', worse'
  if (unit.kind === 'share') return `${arrow} ${word} ${plain(2).format(Math.abs(difference) * 100)} points${better}`
  if (Number(previous) === 0) return `${arrow} ${word} from 0${better}`
  const share = new Intl.NumberFormat('en', {style: 'percent', maximumFractionDigits: 1})
  return `${arrow} ${word} ${share.format(Math.abs(difference / Number(previous)))}${better}`
}

/** Told apart by people of every colour vision; a page sets its own with `--omni-series-0` and so on. */
const colours = ['#0072b2', '#c74f00', '#00795c', '#a8437f', '#7a5c00', '#4b3fa7', '#3d6f2a']
const dashes = ['1 0', '7 3', '2 3', '9 3 2 3', '4 2', '12 3', '3 6']
const colourOf = (index: number, other: boolean) =>
  other
    ? 'var(--omni-other, #6b6b6b)'
    : `var(--omni-series-${index % colours.length}, ${colours[index % colours.length]})`

const box: CSSProperties = {border: '1px solid #d6dadf', borderRadius: 10, padding: '14px 16px', minWidth: 0}
const grid = (smallest: number): CSSProperties => ({
  display: 'grid',
  gap: 14,
  margin: '14px 0',
  gridTemplateColumns: `repeat(auto-fit, minmax(min(100%, ${smallest}px), 1fr))`,
})

interface DashboardViewProps extends DashboardProps {
  readonly heading: string
  readonly layout: readonly PanelLayout[]
}

/** A dashboard in each of its states: on its way, failed, empty, shown. */
export function DashboardView({heading, layout, data, loading, error, onRetry}: DashboardViewProps): ReactNode {
  if (error !== undefined && error !== null) {
    return (
      <section style={box} role="alert">
        <h1>{heading}</h1>
        <p>It could not be loaded: {typeof error === 'string' ? error : error.message}</p>
        {onRetry && (
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        )}
      </section>
    )
  }
  if (data === undefined) {
    return (
      <section style={box} role="status" aria-busy="true">
        <h1>{heading}</h1>
        <p>Loading…</p>
      </section>
    )
  }
  const {period, summary, sample, source, missing} = data
  const figures = layout.filter(({kind}) => kind === 'figure')
  const others = layout.filter(({kind}) => kind !== 'figure')
  return (
    <article aria-busy={loading === true}>
      <header>
        <h1>{heading}</h1>
        {summary !== null && <p>{summary}</p>}
        <p>{sample ? <strong>Sample data: nothing here happened</strong> : `Data from ${source}`}</p>
        <p>
          {period.current.first_day} to {period.current.last_day} ({period.zone}), against the {period.days} days before
        </p>
      </header>
      {data.panels.length === 0 && <p role="status">There are no data for this.</p>}
      <div style={grid(210)}>
        {figures.map(each => (
          <PanelView key={each.id} layout={each} data={data} />
        ))}
      </div>
      <div style={grid(460)}>
        {others.map(each => (
          <PanelView key={each.id} layout={each} data={data} />
        ))}
      </div>
      {missing.length > 0 && (
        <footer>
          <h2>What these data do not tell</h2>
          <ul>
            {missing.map(({kind, name, title, reason}) => (
              <li key={`${kind} ${name}`}>
                {title}: {reason}
              </li>
            ))}
          </ul>
        </footer>
      )}
    </article>
  )
}

function PanelView({layout, data}: {layout: PanelLayout; data: DashboardData}): ReactNode {
  const state = data.panels.find(({panel}) => panel.id === layout.id)
  const heading = `${layout.id}-heading`
  return (
    <section id={layout.id} style={box} aria-labelledby={heading}>
      <h2 id={heading}>{layout.title}</h2>
      {state === undefined && <p>Not shown: it is not in these data</p>}
      {state?.status === 'not_shown' && <p>Not shown: {state.reason}</p>}
      {state?.status === 'shown' && (
        <>
          <PanelBody layout={layout} data={state.data} />
          {[...state.notes, ...remarksOn(state.data)].map((note, index) => (
            <p key={index}>{note}</p>
          ))}
          <PanelTable title={layout.title} table={tableOf(state.data, data)} />
        </>
      )}
    </section>
  )
}

function PanelBody({layout, data}: {layout: PanelLayout; data: PanelData}): ReactNode {
  switch (data.kind) {
    case 'figure':
      return <Figure data={data} />
    case 'trend':
      return isEmpty(data.series) ? <Empty /> : <Trend data={data} mark={layout.mark ?? 'line'} />
    case 'breakdown':
      return isEmpty(data.series) ? <Empty /> : <Breakdown data={data} />
  }
}

const isEmpty = (series: readonly Series[]) => series.every(({values}) => values.every(value => value === null))

function Empty(): ReactNode {
  return <p role="status">There are no data for this.</p>
}

function Figure({data}: {data: FigureData}): ReactNode {
  const {value, previous, unit, no_comparison: reason} = data
  const change = changeText(data)
  return (
    <>
      <p className="omni-value" style={{fontSize: '1.9rem', fontWeight: 650, margin: 0}}>
        {quantityText(value, unit)}
      </p>
      <p>
        {reason !== undefined
          ? `no comparison: ${reason}`
          : change === undefined
            ? 'no comparison'
            : `${change} from ${quantityText(previous, unit)}`}
      </p>
    </>
  )
}

/** Positions are binary numbers; what is written comes from the exact digits. */
const position = (value: Quantity | undefined) => (value === null || value === undefined ? null : Number(value))

const axisText = (unit: Unit) => (value: number) =>
  unit.kind === 'share'
    ? new Intl.NumberFormat('en', {style: 'percent', maximumFractionDigits: 1}).format(value)
    : new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1}).format(value)

function Trend({data, mark}: {data: TrendData; mark: 'line' | 'bar' | 'stacked'}): ReactNode {
  const {buckets, series} = data
  const unit = series[0]?.unit ?? {kind: 'number'}
  // Series by number: a title with a dot or a bracket in it would be taken for a path.
  const points = buckets.map(({label}, at) => ({
    at,
    label,
    ...Object.fromEntries(series.map(({values}, index) => [`v${index}`, position(values[at])])),
  }))
  const text = (_value: unknown, _name: unknown, entry: {dataKey?: unknown; payload?: {at?: number}}) => {
    const index = Number(String(entry.dataKey).slice(1))
    return quantityText(series[index]?.values[entry.payload?.at ?? -1] ?? null, unit)
  }
  const label = (at: unknown) => buckets[Number(at)]?.label ?? ''
  const axes = (
    <>
      <CartesianGrid vertical={false} stroke="#d6dadf" />
      <XAxis dataKey="at" tickFormatter={label} minTickGap={24} />
      <YAxis tickFormatter={axisText(unit)} width={64} />
      <Tooltip formatter={text} labelFormatter={label} isAnimationActive={false} />
      {series.length > 1 && <Legend />}
    </>
  )
  return (
    <ResponsiveContainer width="100%" height={260}>
      {mark === 'line' ? (
        <LineChart data={points}>
          {axes}
          {series.map(({title, other}, index) => (
            <Line
              key={`v${index}`}
              dataKey={`v${index}`}
              name={title}
              stroke={colourOf(index, other)}
              strokeDasharray={dashes[index % dashes.length] ?? '1 0'}
              strokeWidth={2}
              dot={buckets.length <= 40}
              connectNulls={false}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      ) : (
        <BarChart data={points}>
          {axes}
          {series.map(({title, other}, index) => (
            <Bar
              key={`v${index}`}
              dataKey={`v${index}`}
              name={title}
              fill={colourOf(index, other)}
              isAnimationActive={false}
              {...(mark === 'stacked' ? {stackId: 'all'} : {})}
            >
              {buckets.map(({key, complete}) => (
                <Cell key={key} fillOpacity={complete ? 1 : 0.5} />
              ))}
            </Bar>
          ))}
        </BarChart>
      )}
    </ResponsiveContainer>
  )
}

function Breakdown({data}: {data: BreakdownData}): ReactNode {
  const {categories, series} = data
  const [first] = series
  if (first === undefined) return null
  const bars = categories.map(({label}, at) => ({at, label, v0: position(first.values[at])}))
  const label = (at: unknown) => categories[Number(at)]?.label ?? ''
  const text = (_value: unknown, _name: unknown, entry: {payload?: {at?: number}}) =>
    quantityText(first.values[entry.payload?.at ?? -1] ?? null, first.unit)
  return (
    <ResponsiveContainer width="100%" height={Math.max(80, categories.length * 34 + 30)}>
      <BarChart data={bars} layout="vertical">
        <XAxis type="number" tickFormatter={axisText(first.unit)} />
        <YAxis type="category" dataKey="at" tickFormatter={label} width={130} interval={0} />
        <Tooltip formatter={text} labelFormatter={label} isAnimationActive={false} />
        <Bar dataKey="v0" name={first.title} isAnimationActive={false}>
          {categories.map(({kind}, at) => (
            <Cell key={at} fill={colourOf(0, kind === 'other')} />
          ))}
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  )
}

function remarksOn(data: PanelData): readonly string[] {
  switch (data.kind) {
    case 'figure':
      return []
    case 'trend':
      return data.buckets.filter(({complete}) => !complete).map(({label}) => `The step ${label} is not whole.`)
    case 'breakdown': {
      const apart = data.series.filter((_series, index) => data.additive[index] === false).map(({title}) => title)
      return apart.length === 0
        ? []
        : [`${apart.join(', ')}: computed for each row by itself; the rows do not add up to All.`]
    }
  }
}

interface Table {
  columns: readonly string[]
  rows: readonly (readonly string[])[]
}

/** The same rows as the chart, the page and the CSV. */
function tableOf(data: PanelData, {period}: DashboardData): Table {
  const span = ({first_day: first, last_day: last}: Days) => `${first} to ${last}`
  switch (data.kind) {
    case 'figure':
      return {
        columns: ['Days', data.metric.title],
        rows: [
          [span(period.current), quantityText(data.value, data.unit)],
          ...(data.no_comparison === undefined
            ? [[span(period.previous), quantityText(data.previous, data.unit)]]
            : []),
        ],
      }
    case 'trend':
      return {
        columns: ['Begins', ...data.series.map(({title}) => title), 'Whole'],
        rows: data.buckets.map(({label, complete}, at) => [
          label,
          ...data.series.map(({values, unit}) => quantityText(values[at] ?? null, unit)),
          complete ? 'yes' : 'no',
        ]),
      }
    case 'breakdown':
      return {
        columns: [data.dimension, ...data.series.map(({title}) => title)],
        rows: [
          ...data.categories.map(({label}, at) => [
            label,
            ...data.series.map(({values, unit}) => quantityText(values[at] ?? null, unit)),
          ]),
          ['All', ...data.series.map(({unit}, index) => quantityText(data.totals[index] ?? null, unit))],
        ],
      }
  }
}

function PanelTable({title, table}: {title: string; table: Table}): ReactNode {
  return (
    <details>
      <summary>Table of {title}</summary>
      <div style={{overflow: 'auto', maxHeight: 320}} tabIndex={0} role="region" aria-label={`Table of ${title}`}>
        <table style={{borderCollapse: 'collapse', width: '100%', fontVariantNumeric: 'tabular-nums'}}>
          <thead>
            <tr>
              {table.columns.map((column, index) => (
                <th key={index} scope="col" style={{textAlign: 'left'}}>
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, index) => (
                  <td key={index}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
