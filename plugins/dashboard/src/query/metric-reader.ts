import {bandLabels} from '../catalogue/bands.ts'
import {type Catalogue, type Metric, partsOf, type RowMetric, type Unit} from '../catalogue/catalogue.ts'
import {InvalidInputError} from '@omni-ops/core/operation'
import type {DataSession} from '../data/data-session.ts'
import type {Filter, TrendPanel} from '../spec/dashboard-spec.ts'
import {type CategoryKey, noValue, others, plainDecimal, type Quantity, readMetric, type Split} from './metric-query.ts'
import type {Category, PanelScope} from './panel-data.ts'
import type {Bucket, ReportingPeriod, Window} from './reporting-period.ts'

/** Amounts in more than one currency that a panel would have added. */
export class MixedCurrencyError extends InvalidInputError {
  override readonly code = 'mixed_currency'
}

/** Values of one metric by bucket and category, each from its own sums. */
export type Values = ReadonlyMap<string, Quantity>

export interface Place {
  readonly bucket?: string | undefined
  readonly category?: CategoryKey | undefined
  readonly crossing?: CategoryKey | undefined
}

export const at = ({bucket, category, crossing}: Place) =>
  JSON.stringify([bucket ?? null, category ?? null, crossing ?? null])

export interface Shape {
  readonly window: Window
  readonly grain?: TrendPanel['grain'] | undefined
  readonly split?: Split | undefined
  readonly across?: Split | undefined
}

/** Reads metrics for one panel, under its filters and the dashboard's. */
export class MetricReader {
  readonly catalogue: Catalogue
  readonly period: ReportingPeriod
  readonly session: DataSession
  readonly #filters: readonly Filter[]

  constructor(filters: readonly Filter[], {catalogue, period}: PanelScope, session: DataSession) {
    this.catalogue = catalogue
    this.period = period
    this.session = session
    this.#filters = filters
  }

  metric(name: string): Metric {
    return this.catalogue.metrics[name]!
  }

  /** The rows' metrics that it is made of. */
  parts(name: string): readonly RowMetric[] {
    return partsOf(name, this.catalogue).map(([, metric]) => metric)
  }

  /** A ratio is the quotient of the sums of its sides, for each bucket and category anew. */
  async values(name: string, shape: Shape): Promise<Values> {
    const metric = this.metric(name)
    if (metric.kind !== 'ratio') return this.#rowValues(metric, shape)
    const [numerator, denominator] = this.parts(name) as [RowMetric, RowMetric]
    const above = await this.#rowValues(numerator, shape)
    const below = await this.#rowValues(denominator, shape)
    const absent = this.#ofNoRows(numerator, shape.window)
    const keys = [...new Set([...above.keys(), ...below.keys()])]
    return new Map(keys.map(key => [key, quotient(above.get(key) ?? absent, below.get(key) ?? null)]))
  }

  async total(name: string, window: Window): Promise<Quantity> {
    const values = await this.values(name, {window})
    return values.get(at({})) ?? this.nothing(name, window)
  }

  /** What a metric is where there is no row. */
  nothing(name: string, window: Pick<Window, 'start' | 'end'>): Quantity {
    const metric = this.metric(name)
    return metric.kind === 'ratio' ? null : this.#ofNoRows(metric, window)
  }

  inBucket(name: string, bucket: Bucket, value: Quantity | undefined): Quantity {
    return value ?? this.nothing(name, bucket)
  }

  /** All categories, the largest first; equal ones in the order of their names, so that the order never changes. */
  async ranked(name: string, dimension: string): Promise<readonly CategoryKey[]> {
    const values = await this.values(name, {window: this.period.current, split: {dimension}})
    const sized = [...values].map(([key, value]) => ({
      key: (JSON.parse(key) as [null, string, null])[1],
      size: Number(value ?? NaN),
    }))
    const order = (size: number) => (Number.isNaN(size) ? -Infinity : size)
    return sized
      .toSorted((one, other) => order(other.size) - order(one.size) || (one.key < other.key ? -1 : 1))
      .map(({key}) => key)
  }

  /**
   * The categories that are shown: the largest and, where there are more, all others together. Bands are all shown, empty
   * ones between others too; values that have an order are shown in it.
   */
  async categories(name: string, dimension: string, top: number): Promise<readonly CategoryKey[]> {
    const ranked = await this.ranked(name, dimension)
    const {bands, ordered} = this.catalogue.dimensions[dimension]!
    if (bands !== undefined) {
      const keys = bandLabels(bands).map(label => `v${label}`)
      const used = keys.flatMap((key, index) => (ranked.includes(key) ? [index] : []))
      if (used.length === 0) return ranked
      const inner = keys.slice(Math.min(used[0]!, 1), Math.max(used.at(-1)!, keys.length - 2) + 1)
      return ranked.includes(noValue) ? [...inner, noValue] : inner
    }
    const largest = ranked.slice(0, top)
    const shown = ordered ? largest.toSorted(inOrder) : largest
    return ranked.length > top ? [...shown, others] : shown
  }

  async unit(name: string): Promise<Unit> {
    const {unit} = this.metric(name)
    if (unit.kind !== 'currency' || unit.column === undefined) return unit
    const part = this.parts(name).find(each => each.unit.kind === 'currency')
    const [currency] = part === undefined ? [] : await this.#currenciesOf(part)
    return currency === undefined || !/^[A-Z]{3}$/.test(currency) ? {kind: 'number'} : {kind: 'currency', currency}
  }

  async #rowValues(metric: RowMetric, {window, grain, split, across}: Shape): Promise<Values> {
    await this.#assertOneCurrency(metric)
    if (!this.#overlaps(metric, window)) return new Map()
    const request = {metric, filters: this.#filters, window, zone: this.period.zone, grain, split, across}
    const rows = await readMetric(request, this.catalogue, this.session)
    return new Map(rows.map(({value, ...place}) => [at(place), value ?? this.#ofNoRows(metric, window)]))
  }

  /** What it is where there is no row: 0 for what is counted or added, as far as the data reach and see all; else not known. */
  #ofNoRows({kind, table}: RowMetric, window: Pick<Window, 'start' | 'end'>): Quantity {
    if (this.session.isSampled(table)) return null
    return (kind === 'sum' || kind === 'count' || kind === 'distinct') && this.#overlaps({table}, window) ? '0' : null
  }

  #overlaps({table}: Pick<RowMetric, 'table'>, {start, end}: Pick<Window, 'start' | 'end'>): boolean {
    const coverage = this.period.coverage.get(table)
    return coverage !== undefined && coverage.start < end && coverage.end > start
  }

  async #assertOneCurrency(metric: RowMetric): Promise<void> {
    if (metric.unit.kind !== 'currency' || metric.unit.column === undefined) return
    const currencies = await this.#currenciesOf(metric)
    if (currencies.length < 2) return
    throw new MixedCurrencyError(`${metric.title} is in ${currencies.join(' and ')}, which do not add up`, {
      hint: 'filter by the currency',
    })
  }

  /** The currencies of the rows of both periods, since their amounts are compared. */
  async #currenciesOf(metric: RowMetric): Promise<readonly string[]> {
    const {period, catalogue} = this
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
      this.session,
    )
    return rows.map(({category}) => (category === noValue ? 'an unknown currency' : category!.slice(1)))
  }
}

/** Numbers as numbers, other values as text; what has no value at the end. */
function inOrder(one: CategoryKey, other: CategoryKey): number {
  if (one === noValue || other === noValue) return one === noValue ? 1 : -1
  const [a, b] = [one.slice(1), other.slice(1)]
  const difference = Number(a) - Number(b)
  return Number.isNaN(difference) || difference === 0 ? (a < b ? -1 : 1) : difference
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
