import type {CSSProperties, ReactNode} from 'react'
import {
  Area,
  Bar,
  BarChart,
  CartesianGrid,
  Cell,
  ComposedChart,
  Legend,
  Line,
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

export interface Bucket {
  key: string
  label: string
  start: string
  end: string
  complete: boolean
}

export interface Category {
  label: string
  kind: 'value' | 'none' | 'other'
}

interface MetricHeading {
  title: string
  better: 'higher' | 'lower' | 'neither'
  [more: string]: unknown
}

export interface FigureData {
  kind: 'figure'
  unit: Unit
  metric: MetricHeading
  value: Quantity
  previous: Quantity
  no_comparison?: string
  target?: {title: string; value: Quantity; reached: Quantity}
}

export interface Forecast {
  buckets: Bucket[]
  values: Quantity[]
  intervals: {level: number; lower: Quantity[]; upper: Quantity[]}[]
  notes: string[]
}

export interface Usual {
  steps: ({expected: Quantity; lower: Quantity; upper: Quantity; anomaly?: 'above' | 'below'} | null)[]
  notes: string[]
}

export interface TrendData {
  kind: 'trend'
  buckets: Bucket[]
  series: Series[]
  forecast?: Forecast | {reason: string}
  usual?: Usual | {reason: string}
}

export interface BreakdownData {
  kind: 'breakdown'
  dimension: string
  categories: Category[]
  series: Series[]
  totals: Quantity[]
  additive: boolean[]
  lift?: Quantity[]
}

export interface FunnelData {
  kind: 'funnel'
  unit: Unit
  steps: {title: string; value: Quantity; of_first: Quantity; of_previous: Quantity}[]
}

export interface MatrixData {
  kind: 'matrix'
  metric: MetricHeading
  unit: Unit
  row_title: string
  column_title: string
  rows: Category[]
  columns: (Category & {complete: boolean})[]
  values: Quantity[][]
}

export type PanelData = FigureData | TrendData | BreakdownData | FunnelData | MatrixData

/** A panel in words and as a table: the same digits that the chart is drawn from, as people read them. */
export interface PanelText {
  value?: string
  comparison?: string
  target?: string
  description: string
  remarks: string[]
  columns: {title: string; numeric: boolean}[]
  rows: string[][]
}

interface PanelHeading {
  id: string
  title: string
  [more: string]: unknown
}

export type PanelState =
  | {status: 'shown'; panel: PanelHeading; notes: string[]; data: PanelData; text: PanelText}
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
  readonly mark?: 'line' | 'bar' | 'stacked' | 'dot'
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
          {state.data.kind === 'figure' ? (
            <Figure text={state.text} />
          ) : isEmpty(state.data) ? (
            <p role="status">There are no data for this.</p>
          ) : (
            <div role="group" aria-label={state.text.description}>
              <Chart layout={layout} data={state.data} text={state.text} />
            </div>
          )}
          {[...state.notes, ...state.text.remarks].map((note, index) => (
            <p key={index}>{note}</p>
          ))}
          <PanelTable title={layout.title} text={state.text} />
        </>
      )}
    </section>
  )
}

interface ChartProps<Data> {
  readonly data: Data
  readonly text: PanelText
  readonly mark: PanelLayout['mark']
}

function Chart({
  layout: {mark},
  data,
  text,
}: {
  layout: PanelLayout
  data: Exclude<PanelData, FigureData>
  text: PanelText
}): ReactNode {
  switch (data.kind) {
    case 'trend':
      return <Trend data={data} text={text} mark={mark} />
    case 'breakdown':
      return <Breakdown data={data} text={text} mark={mark} />
    case 'funnel':
      return <Funnel data={data} text={text} mark={mark} />
    case 'matrix':
      return <Matrix data={data} text={text} mark={mark} />
  }
}

function isEmpty(data: Exclude<PanelData, FigureData>): boolean {
  switch (data.kind) {
    case 'trend':
    case 'breakdown':
      return data.series.every(({values}) => values.every(value => value === null))
    case 'funnel':
      return data.steps.every(({value}) => value === null)
    case 'matrix':
      return data.values.flat().every(value => value === null)
  }
}

function Figure({text: {value, comparison, target}}: {text: PanelText}): ReactNode {
  return (
    <>
      <p className="omni-value" style={{fontSize: '1.9rem', fontWeight: 650, margin: 0}}>
        {value}
      </p>
      <p>{comparison}</p>
      {target !== undefined && <p>{target}</p>}
    </>
  )
}

/** Positions are binary numbers; what is written comes from the exact digits. */
const position = (value: Quantity | undefined) => (value === null || value === undefined ? null : Number(value))

const axisText = (unit: Unit) => (value: number) =>
  unit.kind === 'share'
    ? new Intl.NumberFormat('en', {style: 'percent', maximumFractionDigits: 1}).format(value)
    : new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 1}).format(value)

/** What the table has for a point: the row of its step or category, the column of its series. */
const cell = ({rows}: PanelText, row: number | undefined, column: number) => rows[row ?? -1]?.[column] ?? ''

interface Hovered {
  dataKey?: unknown
  payload?: {at?: number}
}

function Trend({data, text, mark}: ChartProps<TrendData>): ReactNode {
  const {buckets, series} = data
  const forecast = data.forecast !== undefined && 'values' in data.forecast ? data.forecast : undefined
  const usual = data.usual !== undefined && 'steps' in data.usual ? data.usual : undefined
  const unit = series[0]?.unit ?? {kind: 'number'}
  const known = new Set(buckets.map(({key}) => key))
  const steps = [...buckets, ...(forecast?.buckets.filter(({key}) => !known.has(key)) ?? [])]
  const ahead = new Map(forecast?.buckets.map(({key}, index) => [key, index]))
  const range = (lower: Quantity | undefined, upper: Quantity | undefined) =>
    lower == null || upper == null ? null : [Number(lower), Number(upper)]
  // Series by number: a title with a dot or a bracket in it would be taken for a path.
  const points = steps.map(({key}, at) => {
    const step = ahead.get(key)
    const told = usual?.steps[at]
    return {
      at,
      ...Object.fromEntries(series.map(({values}, index) => [`v${index}`, position(values[at])])),
      forecast: step === undefined ? null : position(forecast?.values[step]),
      ...Object.fromEntries(
        (forecast?.intervals ?? []).map(({lower, upper}, index) => [
          `i${index}`,
          step === undefined ? null : range(lower[step], upper[step]),
        ]),
      ),
      usual: range(told?.lower, told?.upper),
      unusual: told?.anomaly === undefined ? null : position(series[0]?.values[at]),
    }
  })
  const label = (at: unknown) => text.rows[Number(at)]?.[0] ?? ''
  const exact = (value: unknown, _name: unknown, {dataKey, payload}: Hovered) => {
    const [, index] = /^v(\d+)$/.exec(String(dataKey)) ?? []
    if (index !== undefined) return cell(text, payload?.at, Number(index) + 1)
    const format = axisText(unit)
    return Array.isArray(value) ? value.map(each => format(Number(each))).join(' – ') : format(Number(value))
  }
  return (
    <ResponsiveContainer width="100%" height={260}>
      <ComposedChart data={points}>
        <CartesianGrid vertical={false} stroke="#d6dadf" />
        <XAxis dataKey="at" tickFormatter={label} minTickGap={24} />
        <YAxis tickFormatter={axisText(unit)} width={64} />
        <Tooltip formatter={exact} labelFormatter={label} isAnimationActive={false} />
        <Legend />
        {usual && (
          <Area
            dataKey="usual"
            name="Usual"
            stroke="none"
            fill={colourOf(0, true)}
            fillOpacity={0.2}
            isAnimationActive={false}
          />
        )}
        {forecast?.intervals.map(({level}, index) => (
          <Area
            key={`i${index}`}
            dataKey={`i${index}`}
            name={`${level * 100}% of past errors`}
            stroke="none"
            fill={colourOf(0, false)}
            fillOpacity={index === 0 ? 0.31 : 0.17}
            isAnimationActive={false}
          />
        ))}
        {series.map(({title, other}, index) =>
          mark === 'bar' || mark === 'stacked' ? (
            <Bar
              key={`v${index}`}
              dataKey={`v${index}`}
              name={title}
              fill={colourOf(index, other)}
              isAnimationActive={false}
              {...(mark === 'stacked' ? {stackId: 'all'} : {})}
            >
              {steps.map(({key, complete}) => (
                <Cell key={key} fillOpacity={complete ? 1 : 0.5} />
              ))}
            </Bar>
          ) : (
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
          ),
        )}
        {forecast && (
          <Line
            dataKey="forecast"
            name="Forecast"
            stroke={colourOf(0, false)}
            strokeDasharray="5 4"
            strokeWidth={2}
            dot={false}
            isAnimationActive={false}
          />
        )}
        {usual?.steps.some(step => step?.anomaly !== undefined) && (
          <Line
            dataKey="unusual"
            name="Unusual"
            stroke="none"
            dot={{r: 6, stroke: 'var(--omni-bad, #a83200)', strokeWidth: 2, fill: 'none'}}
            isAnimationActive={false}
          />
        )}
      </ComposedChart>
    </ResponsiveContainer>
  )
}

interface Part {
  readonly label: string
  readonly value: Quantity
  readonly other: boolean
}

/** Bars beside their names, in the order of the table. */
function Bars({
  name,
  parts,
  unit,
  text,
}: {
  name: string
  parts: readonly Part[]
  unit: Unit
  text: PanelText
}): ReactNode {
  const bars = parts.map(({value}, at) => ({at, v0: position(value)}))
  const label = (at: unknown) => parts[Number(at)]?.label ?? ''
  return (
    <ResponsiveContainer width="100%" height={Math.max(80, parts.length * 34 + 30)}>
      <BarChart data={bars} layout="vertical">
        <XAxis type="number" tickFormatter={axisText(unit)} />
        <YAxis type="category" dataKey="at" tickFormatter={label} width={130} interval={0} />
        <Tooltip
          formatter={(_value: unknown, _name: unknown, {payload}: Hovered) => cell(text, payload?.at, 1)}
          labelFormatter={label}
          isAnimationActive={false}
        />
        <Bar dataKey="v0" name={name} isAnimationActive={false}>
          {parts.map(({other}, at) => (
            <Cell key={at} fill={colourOf(0, other)} />
          ))}
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  )
}

function Breakdown({data, text, mark}: ChartProps<BreakdownData>): ReactNode {
  const {categories, series} = data
  const [first] = series
  if (first === undefined) return null
  if (mark === 'dot') return <Dots data={data} text={text} mark={mark} />
  const parts = categories.map(({label, kind}, at) => ({
    label,
    value: first.values[at] ?? null,
    other: kind === 'other',
  }))
  return <Bars name={first.title} parts={parts} unit={first.unit} text={text} />
}

/** Every series that has the unit of the first, as a dot for each category. */
function Dots({data: {categories, series}, text}: ChartProps<BreakdownData>): ReactNode {
  const unit = series[0]!.unit
  const drawn = series.flatMap(({unit: own, ...each}, index) =>
    JSON.stringify(own) === JSON.stringify(unit) ? [{...each, index}] : [],
  )
  const rows = categories.map((_category, at) => ({
    at,
    ...Object.fromEntries(drawn.map(({values, index}) => [`v${index}`, position(values[at])])),
  }))
  const label = (at: unknown) => categories[Number(at)]?.label ?? ''
  const exact = (_value: unknown, _name: unknown, {dataKey, payload}: Hovered) =>
    cell(text, payload?.at, Number(String(dataKey).slice(1)) + 1)
  return (
    <ResponsiveContainer width="100%" height={Math.max(100, categories.length * 34 + 60)}>
      <ComposedChart data={rows} layout="vertical">
        <CartesianGrid horizontal={false} stroke="#d6dadf" />
        <XAxis type="number" tickFormatter={axisText(unit)} />
        <YAxis type="category" dataKey="at" tickFormatter={label} width={130} interval={0} />
        <Tooltip formatter={exact} labelFormatter={label} isAnimationActive={false} />
        <Legend />
        {drawn.map(({title, index}) => (
          <Line
            key={index}
            dataKey={`v${index}`}
            name={title}
            stroke="none"
            dot={{r: 5, stroke: colourOf(index, false), fill: colourOf(index, false)}}
            isAnimationActive={false}
          />
        ))}
      </ComposedChart>
    </ResponsiveContainer>
  )
}

function Funnel({data: {steps, unit}, text}: ChartProps<FunnelData>): ReactNode {
  const parts = steps.map(({title, value}) => ({label: title, value, other: false}))
  return <Bars name="Number" parts={parts} unit={unit} text={text} />
}

/** A table whose cells are the darker the more they are; Recharts has no such chart. */
function Matrix({data: {rows, columns, values, row_title: heading}, text}: ChartProps<MatrixData>): ReactNode {
  const numbers = values.flat().flatMap(value => (value === null ? [] : [Number(value)]))
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  const share = (value: Quantity) => (value === null || most === least ? 0 : (Number(value) - least) / (most - least))
  return (
    <div style={{overflow: 'auto'}}>
      <table style={{borderCollapse: 'collapse', fontVariantNumeric: 'tabular-nums'}} className="omni-matrix">
        <thead>
          <tr>
            <th scope="col">{heading}</th>
            {columns.map(({label}, column) => (
              <th key={column} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({label}, row) => (
            <tr key={row}>
              <th scope="row">{label}</th>
              {columns.map((_column, column) => {
                const part = share(values[row]?.[column] ?? null)
                return (
                  <td
                    key={column}
                    style={{
                      padding: '4px 8px',
                      textAlign: 'right',
                      background: `rgb(0 114 178 / ${Math.round(part * 100)}%)`,
                      color: part > 0.5 ? '#ffffff' : 'inherit',
                    }}
                  >
                    {cell(text, row, column + 1)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function PanelTable({title, text: {columns, rows}}: {title: string; text: PanelText}): ReactNode {
  return (
    <details>
      <summary>Table of {title}</summary>
      <div style={{overflow: 'auto', maxHeight: 320}} tabIndex={0} role="region" aria-label={`Table of ${title}`}>
        <table style={{borderCollapse: 'collapse', width: '100%', fontVariantNumeric: 'tabular-nums'}}>
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={index} scope="col" style={{textAlign: column.numeric ? 'right' : 'left'}}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={at}>
                {row.map((each, index) => (
                  <td key={index} style={{textAlign: columns[index]?.numeric ? 'right' : 'left'}}>
                    {each}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
