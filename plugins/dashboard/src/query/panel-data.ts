import {additivityOf, type Catalogue, type Metric, partsOf, type RowMetric, type Unit} from '../catalogue/catalogue.ts'
import {InvalidInputError} from '@omni-ops/core/operation'
import type {DataSession} from '../data/data-session.ts'
import {quoted} from '../data/quote.ts'
import type {BreakdownPanel, DashboardSpec, FigurePanel, Filter, Panel, TrendPanel} from '../spec/dashboard-spec.ts'
import {type Bucket, bucketsOf, type ReportingPeriod, type Window} from './reporting-period.ts'
import {type CategoryKey, noValue, others, plainDecimal, type Quantity, readMetric} from './metric-query.ts'

/** Amounts in more than one currency that a panel would have added. */
export class MixedCurrencyError extends InvalidInputError {
  override readonly code = 'mixed_currency'
}

export interface FigureData {
  readonly kind: 'figure'
  readonly unit: Unit
  readonly metric: Metric
  readonly value: Quantity
  readonly previous: Quantity
  /** Why there is no previous value, where there is none. */
  readonly noComparison?: string
}

export interface Series {
  readonly title: string
  readonly unit: Unit
  readonly values: readonly Quantity[]
  /** All but the largest together. */
  readonly other: boolean
}

export interface TrendData {
  readonly kind: 'trend'
  readonly buckets: readonly Bucket[]
  readonly series: readonly Series[]
}

export interface Category {
  readonly label: string
  readonly kind: 'value' | 'none' | 'other'
}

export interface BreakdownData {
  readonly kind: 'breakdown'
  readonly dimension: string
  readonly categories: readonly Category[]
  readonly series: readonly Series[]
  /** Of all rows, by series: what the parts of an additive metric add up to. */
  readonly totals: readonly Quantity[]
  /** Whether the parts of each series add up to its total. */
  readonly additive: readonly boolean[]
}

export type PanelData = FigureData | TrendData | BreakdownData

export interface PanelScope {
  readonly catalogue: Catalogue
  readonly period: ReportingPeriod
  readonly spec: Pick<DashboardSpec, 'filters'>
}

/**
 * Reads what one panel shows; call it only for a panel without problems (`panelProblems`).
 * @throws MixedCurrencyError where rows in several currencies would be added
 */
export async function readPanel(panel: Panel, scope: PanelScope, session: DataSession): Promise<PanelData> {
  const reader = new PanelReader(panel, scope, session)
  switch (panel.kind) {
    case 'figure':
      return reader.figure(panel)
    case 'trend':
      return reader.trend(panel)
    case 'breakdown':
      return reader.breakdown(panel)
  }
}

/** Values of one metric by bucket and category, each from its own sums. */
type Values = ReadonlyMap<string, Quantity>
const at = (bucket: string | undefined, category: CategoryKey | undefined) =>
  JSON.stringify([bucket ?? null, category ?? null])

interface Shape {
  readonly window: Window
  readonly grain?: TrendPanel['grain']
  readonly split?: {readonly dimension: string; readonly top?: readonly CategoryKey[]}
}

class PanelReader {
  readonly #scope: PanelScope
  readonly #session: DataSession
  readonly #filters: readonly Filter[]

  constructor(panel: Panel, scope: PanelScope, session: DataSession) {
    this.#scope = scope
    this.#session = session
    this.#filters = [...scope.spec.filters, ...panel.filters]
  }

  async figure({metric: name}: FigurePanel): Promise<FigureData> {
    const {period} = this.#scope
    const metric = this.#metric(name)
    const unit = await this.#unit(name)
    const value = await this.#total(name, period.current)
    const late = this.#parts(name).find(part => !this.#covers(part, period.previous))
    if (late !== undefined) {
      const begin = period.coverage.get(late.table)?.firstDay
      const noComparison = begin === undefined ? 'there are no data' : `the data begin on ${begin}`
      return {kind: 'figure', metric, unit, value, previous: null, noComparison}
    }
    const previous = await this.#total(name, period.previous)
    return {
      kind: 'figure',
      metric,
      unit,
      value,
      previous,
      ...(previous === null ? {noComparison: 'there are no data for the days before'} : {}),
    }
  }

  async trend(panel: TrendPanel): Promise<TrendData> {
    const {period} = this.#scope
    const {grain, split} = panel
    const buckets = await bucketsOf(period, grain, this.#session)
    if (split === undefined) {
      const series: Series[] = []
      for (const name of panel.metrics) {
        const values = await this.#values(name, {window: period.current, grain})
        series.push({
          title: this.#metric(name).title,
          unit: await this.#unit(name),
          values: buckets.map(bucket => this.#inBucket(name, bucket, values.get(at(bucket.key, undefined)))),
          other: false,
        })
      }
      return {kind: 'trend', buckets, series}
    }
    const [name] = panel.metrics as [string]
    const ranked = await this.#ranked(name, split)
    const top = ranked.slice(0, panel.top)
    const unit = await this.#unit(name)
    const values = await this.#values(name, {window: period.current, grain, split: {dimension: split, top}})
    const keys = ranked.length > top.length ? [...top, others] : top
    const series = keys.map(key => ({
      title: categoryOf(key).label,
      unit,
      values: buckets.map(bucket => this.#inBucket(name, bucket, values.get(at(bucket.key, key)))),
      other: key === others,
    }))
    return {kind: 'trend', buckets, series}
  }

  async breakdown(panel: BreakdownPanel): Promise<BreakdownData> {
    const {current} = this.#scope.period
    const ranked = await this.#ranked(panel.rank_by ?? panel.metrics[0]!, panel.dimension)
    const top = ranked.slice(0, panel.top)
    const keys = ranked.length > top.length ? [...top, others] : top
    const series: Series[] = []
    const totals: Quantity[] = []
    for (const name of panel.metrics) {
      const values = await this.#values(name, {window: current, split: {dimension: panel.dimension, top}})
      series.push({
        title: this.#metric(name).title,
        unit: await this.#unit(name),
        values: keys.map(key => values.get(at(undefined, key)) ?? this.#nothing(name, current)),
        other: false,
      })
      totals.push(await this.#total(name, current))
    }
    return {
      kind: 'breakdown',
      dimension: this.#scope.catalogue.dimensions[panel.dimension]!.title,
      categories: keys.map(categoryOf),
      series,
      totals,
      additive: panel.metrics.map(name => additivityOf(this.#metric(name)) !== 'none'),
    }
  }

  #metric(name: string): Metric {
    return this.#scope.catalogue.metrics[name]!
  }

  #parts(name: string): readonly RowMetric[] {
    return partsOf(name, this.#scope.catalogue).map(([, metric]) => metric)
  }

  /** All categories, the largest first; equal ones in the order of their names, so that the order never changes. */
  async #ranked(name: string, dimension: string): Promise<readonly CategoryKey[]> {
    const values = await this.#values(name, {window: this.#scope.period.current, split: {dimension}})
    const sized = [...values].map(([key, value]) => ({
      key: (JSON.parse(key) as [null, string])[1],
      size: Number(value ?? NaN),
    }))
    const order = (size: number) => (Number.isNaN(size) ? -Infinity : size)
    return sized
      .toSorted((one, other) => order(other.size) - order(one.size) || (one.key < other.key ? -1 : 1))
      .map(({key}) => key)
  }

  async #total(name: string, window: Window): Promise<Quantity> {
    const values = await this.#values(name, {window})
    return values.get(at(undefined, undefined)) ?? this.#nothing(name, window)
  }

  /** A ratio is the quotient of the sums of its sides, for each bucket and category anew. */
  async #values(name: string, shape: Shape): Promise<Values> {
    const metric = this.#metric(name)
    if (metric.kind !== 'ratio') return this.#rowValues(metric, shape)
    const [numerator, denominator] = this.#parts(name) as [RowMetric, RowMetric]
    const above = await this.#rowValues(numerator, shape)
    const below = await this.#rowValues(denominator, shape)
    const absent = this.#ofNoRows(numerator, shape.window)
    const keys = [...new Set([...above.keys(), ...below.keys()])]
    return new Map(keys.map(key => [key, quotient(above.get(key) ?? absent, below.get(key) ?? null)]))
  }

  async #rowValues(metric: RowMetric, {window, grain, split}: Shape): Promise<Values> {
    await this.#assertOneCurrency(metric)
    const {period, catalogue} = this.#scope
    if (!this.#overlaps(metric, window)) return new Map()
    const request = {metric, filters: this.#filters, window, zone: period.zone, grain, split}
    const rows = await readMetric(request, catalogue, this.#session)
    return new Map(
      rows.map(({bucket, category, value}) => [at(bucket, category), value ?? this.#ofNoRows(metric, window)]),
    )
  }

  /** What it is where there is no row: 0 for what is counted or added, as far as the data reach; else not known. */
  #ofNoRows({kind, table}: RowMetric, window: Pick<Window, 'start' | 'end'>): Quantity {
    return (kind === 'sum' || kind === 'count' || kind === 'distinct') && this.#overlaps({table}, window) ? '0' : null
  }

  #nothing(name: string, window: Pick<Window, 'start' | 'end'>): Quantity {
    const metric = this.#metric(name)
    return metric.kind === 'ratio' ? null : this.#ofNoRows(metric, window)
  }

  #inBucket(name: string, bucket: Bucket, value: Quantity | undefined): Quantity {
    return value ?? this.#nothing(name, bucket)
  }

  #overlaps({table}: Pick<RowMetric, 'table'>, {start, end}: Pick<Window, 'start' | 'end'>): boolean {
    const coverage = this.#scope.period.coverage.get(table)
    return coverage !== undefined && coverage.start < end && coverage.end > start
  }

  #covers({table}: RowMetric, {firstDay}: Window): boolean {
    const coverage = this.#scope.period.coverage.get(table)
    return coverage !== undefined && coverage.firstDay <= firstDay
  }

  async #assertOneCurrency(metric: RowMetric): Promise<void> {
    if (metric.unit.kind !== 'currency' || metric.unit.column === undefined) return
    const currencies = await this.#currenciesOf(metric)
    if (currencies.length < 2) return
    throw new MixedCurrencyError(`${metric.title} is in ${currencies.join(' and ')}, which do not add up`, {
      hint: 'filter by the currency',
    })
  }

  async #unit(name: string): Promise<Unit> {
    const {unit} = this.#metric(name)
    if (unit.kind !== 'currency' || unit.column === undefined) return unit
    const part = this.#parts(name).find(each => each.unit.kind === 'currency')
    const [currency] = part === undefined ? [] : await this.#currenciesOf(part)
    return currency === undefined || !/^[A-Z]{3}$/.test(currency) ? {kind: 'number'} : {kind: 'currency', currency}
  }

  /** The currencies of the rows of both periods, since their amounts are compared. */
  async #currenciesOf(metric: RowMetric): Promise<readonly string[]> {
    const {catalogue, period} = this.#scope
    const column = metric.unit.kind === 'currency' ? metric.unit.column! : ''
    const name = 'currency_of_the_rows'
    const dimensions = {...catalogue.dimensions, [name]: {title: name, table: metric.table, column}}
    const rows = await readMetric(
      {
        metric: {...metric, kind: 'count'} as RowMetric,
        filters: this.#filters,
        window: {...period.current, start: period.previous.start},
        zone: period.zone,
        split: {dimension: name},
      },
      {...catalogue, dimensions},
      this.#session,
    )
    return rows.map(({category}) => (category === noValue ? 'an unknown currency' : category!.slice(1)))
  }
}

export function categoryOf(key: CategoryKey): Category {
  if (key === others) return {label: 'Other', kind: 'other'}
  if (key === noValue) return {label: '(none)', kind: 'none'}
  return {label: key.slice(1), kind: 'value'}
}

/** Nothing divided by nothing is no number, and neither is something divided by it. */
export function quotient(numerator: Quantity, denominator: Quantity): Quantity {
  if (numerator === null || denominator === null || Number(denominator) === 0) return null
  return plainDecimal(Number(numerator) / Number(denominator))
}

/** @throws InvalidInputError where a table has several rows of one key, as joins to it would count rows twice */
export async function assertKeys(catalogue: Catalogue, session: DataSession): Promise<void> {
  for (const [table, {key}] of Object.entries(catalogue.tables)) {
    if (key.length === 0) continue
    const columns = key.map(quoted).join(', ')
    const rows = await session.query(
      `SELECT count(*) AS times FROM ${quoted(table)} GROUP BY ${columns} HAVING count(*) > 1 LIMIT 1`,
    )
    if (rows.length === 0) continue
    throw new InvalidInputError(
      `Rows of ${table} are not told apart by ${key.join(', ')}: they would be counted more than once`,
      {
        hint: 'remove the repeated rows, or name the columns of the key in the catalogue',
      },
    )
  }
}
