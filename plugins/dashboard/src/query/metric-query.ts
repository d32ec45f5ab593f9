import type {DuckDBValue} from '@duckdb/node-api'
import {InvalidInputError} from '@omni-ops/core/operation'
import type {Catalogue, Condition, RowMetric} from '../catalogue/catalogue.ts'
import type {DataSession} from '../data/data-session.ts'
import {DataQueryError} from '../data/errors.ts'
import {bandLabels} from '../catalogue/bands.ts'
import {quoted} from '../data/quote.ts'
import {pathTo} from '../spec/check-panel.ts'
import type {Filter, Grain} from '../spec/dashboard-spec.ts'
import {bucketOf, instantOf, type Window} from './reporting-period.ts'

/** An exact number as text, without an exponent; null where there is none. */
export type Quantity = string | null

/** Which value of a dimension: one that it has (`v…`), none (`n`), or all that are not among the largest (`o`). */
export type CategoryKey = string
export const noValue: CategoryKey = 'n'
export const others: CategoryKey = 'o'

export interface MetricRequest {
  readonly metric: RowMetric
  readonly filters: readonly Filter[]
  readonly window: Window
  readonly zone: string
  readonly grain?: Grain | undefined
  readonly split?: Split | undefined
  /** A second dimension, by which each part is split again. */
  readonly across?: Split | undefined
}

export interface Split {
  readonly dimension: string
  /** All others are one; every value by itself where it is not given. */
  readonly top?: readonly CategoryKey[] | undefined
}

export interface MetricRow {
  /** The bucket; absent without a grain. */
  readonly bucket?: string
  readonly category?: CategoryKey
  readonly crossing?: CategoryKey
  readonly value: Quantity
}

/** A value of more digits than sums are exact with. */
export class TooLargeError extends InvalidInputError {
  override readonly code = 'amount_too_large'

  constructor({title}: RowMetric, cause: Error) {
    super(`${title} has a value of more than 22 digits before the point, with which no sum is exact`, {
      hint: 'tell large amounts in thousands or millions',
      cause,
    })
  }
}

/**
 * Computes one metric from rows of its own table alone. Tables with many rows for one of it are never joined, so that
 * no row is counted twice.
 */
export async function readMetric(
  request: MetricRequest,
  catalogue: Catalogue,
  session: DataSession,
): Promise<readonly MetricRow[]> {
  const {metric} = request
  const {sql, parameters} = metricQuery(request, catalogue)
  const rows = await session.ask(sql, parameters).catch((error: unknown) => {
    if (error instanceof DataQueryError && error.message.includes('DECIMAL(28,6)'))
      throw new TooLargeError(metric, error)
    throw error
  })
  return rows.map(({bucket, category, crossing, value}) => ({
    ...(bucket === undefined ? {} : {bucket: String(bucket)}),
    ...(category === undefined ? {} : {category: String(category)}),
    ...(crossing === undefined ? {} : {crossing: String(crossing)}),
    value: plainDecimal(value ?? null),
  }))
}

/** The query of a metric. Names are quoted and values are parameters; nothing of a spec becomes SQL by itself. */
export function metricQuery(
  {metric, filters, window, zone, grain, split, across}: MetricRequest,
  catalogue: Catalogue,
): {readonly sql: string; readonly parameters: Readonly<Record<string, DuckDBValue>>} {
  const scope = new Scope(metric.table, catalogue)
  const time = catalogue.tables[metric.table]!.time!
  const instant = instantOf(time, scope.base)
  const conditions = [
    `${instant} >= CAST($start AS TIMESTAMPTZ)`,
    `${instant} < CAST($end AS TIMESTAMPTZ)`,
    ...metric.where.map(condition => scope.condition(condition)),
    ...filters.map(filter => scope.filter(filter)),
  ]
  const columns = [
    ...(grain === undefined ? [] : [`${bucketOf(grain, instant)} AS bucket`]),
    ...(split === undefined ? [] : [`${scope.category(split)} AS category`]),
    ...(across === undefined ? [] : [`${scope.category(across)} AS crossing`]),
    ...(metric.kind === 'count' ? [] : [`${scope.base}.${quoted(metric.column)} AS amount`]),
    ...(metric.kind === 'balance' ? [`${scope.base}.${quoted(time.column)} AS moment`] : []),
    '1 AS one',
  ]
  const groups = [
    ...(grain === undefined ? [] : ['bucket']),
    ...(split === undefined ? [] : ['category']),
    ...(across === undefined ? [] : ['crossing']),
  ]
  const rows = `SELECT ${columns.join(', ')} FROM ${scope.from()} WHERE ${conditions.join(' AND ')}`
  const parameters = {
    ...scope.parameters,
    start: window.start,
    end: window.end,
    ...(scope.usesZone(grain, time.kind) ? {zone} : {}),
  }
  const selected = [...groups, `${aggregate(metric)} AS value`].join(', ')
  const grouped = groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')} ORDER BY ${groups.join(', ')}`
  if (metric.kind !== 'balance')
    return {sql: `WITH facts AS (${rows}) SELECT ${selected} FROM facts${grouped}`, parameters}
  // The last day of each bucket on which anything was written down, so that a value that is gone on it counts as none.
  const days =
    `SELECT ${grain === undefined ? '' : `${bucketOf(grain, instantOf(time, 'd'))} AS bucket, `}max(d.${quoted(time.column)}) AS last_day ` +
    `FROM ${quoted(metric.table)} AS d WHERE ${instantOf(time, 'd')} >= CAST($start AS TIMESTAMPTZ) ` +
    `AND ${instantOf(time, 'd')} < CAST($end AS TIMESTAMPTZ)${grain === undefined ? '' : ' GROUP BY bucket'}`
  const join =
    grain === undefined ? 'facts.moment = days.last_day' : 'facts.bucket = days.bucket AND facts.moment = days.last_day'
  const qualified = [...groups.map(name => `facts.${name}`), `${aggregate(metric)} AS value`].join(', ')
  const by = groups.map(name => `facts.${name}`).join(', ')
  return {
    sql:
      `WITH facts AS (${rows}), days AS (${days}) SELECT ${qualified} FROM facts JOIN days ON ${join}` +
      (groups.length === 0 ? '' : ` GROUP BY ${by} ORDER BY ${by}`),
    parameters,
  }
}

/** Sums are of decimals, so that their order does not matter and the same data gives the same bytes. */
const decimal = 'CAST(amount AS DECIMAL(28, 6))'

function aggregate(metric: RowMetric): string {
  switch (metric.kind) {
    case 'count':
      return 'sum(one)'
    case 'distinct':
      return 'count(DISTINCT amount)'
    case 'sum':
    case 'balance':
      return `sum(${decimal})`
    case 'mean':
      return `CAST(sum(${decimal}) AS DOUBLE) / count(amount)`
    case 'minimum':
      return `min(${decimal})`
    case 'maximum':
      return `max(${decimal})`
    case 'percentile':
      // Between the two nearest ranks, as spreadsheets and R's default do (Hyndman & Fan 1996, type 7), to millionths.
      return `CAST(quantile_cont(CAST(amount AS DOUBLE), ${metric.percentile / 100}) AS DECIMAL(28, 6))`
  }
}

/** The tables that one query reads, under aliases of its own, and its parameters. */
class Scope {
  readonly base = 't0'
  readonly parameters: Record<string, DuckDBValue> = {}
  readonly #table: string
  readonly #catalogue: Catalogue
  readonly #aliases = new Map<string, string>()
  readonly #joins: string[] = []

  constructor(table: string, catalogue: Catalogue) {
    this.#table = table
    this.#catalogue = catalogue
    this.#aliases.set(table, this.base)
  }

  from(): string {
    return [`${quoted(this.#table)} AS ${this.base}`, ...this.#joins].join(' ')
  }

  usesZone(grain: Grain | undefined, kind: 'date' | 'instant'): boolean {
    return kind === 'date' || (grain !== undefined && grain !== 'hour')
  }

  condition({column, operator, values}: Condition): string {
    const reference = `${this.base}.${quoted(column)}`
    if (operator === 'at_least' || operator === 'below') {
      const [bound] = values
      return `${reference} ${operator === 'below' ? '<' : '>='} ${this.#bound(Number(bound))}`
    }
    const list = values.map(value => this.#bound(String(value))).join(', ')
    const among = `coalesce(CAST(${reference} AS VARCHAR) IN (${list}), false)`
    return operator === 'is' ? among : `NOT ${among}`
  }

  filter({dimension, operator, values}: Filter): string {
    const reference = this.#dimension(dimension)
    const texts = values.filter(value => value !== null).map(value => this.#bound(value))
    const tests = [
      ...(texts.length > 0 ? [`coalesce(CAST(${reference} AS VARCHAR) IN (${texts.join(', ')}), false)`] : []),
      ...(values.includes(null) ? [`${reference} IS NULL`] : []),
    ]
    const among = `(${tests.join(' OR ')})`
    return operator === 'in' ? among : `NOT ${among}`
  }

  category({dimension, top}: Split): string {
    const reference = this.#dimension(dimension)
    const key = `CASE WHEN ${reference} IS NULL THEN '${noValue}' ELSE 'v' || CAST(${reference} AS VARCHAR) END`
    if (top === undefined) return key
    if (top.length === 0) return `'${others}'`
    return `CASE WHEN ${key} IN (${top.map(each => this.#bound(each)).join(', ')}) THEN ${key} ELSE '${others}' END`
  }

  #dimension(name: string): string {
    const {table, column, bands} = this.#catalogue.dimensions[name]!
    for (const step of pathTo(this.#table, table, this.#catalogue) ?? []) this.#join(step.from, step.to, step.on)
    const reference = `${this.#aliases.get(table)!}.${quoted(column)}`
    if (bands === undefined) return reference
    const labels = bandLabels(bands).map(label => this.#bound(label))
    const below = bands.edges.map((edge, index) => `WHEN ${reference} < ${this.#bound(edge)} THEN ${labels[index]}`)
    return `CASE ${below.join(' ')} WHEN ${reference} IS NOT NULL THEN ${labels.at(-1)} END`
  }

  #join(from: string, to: string, on: Readonly<Record<string, string>>): void {
    if (this.#aliases.has(to)) return
    const alias = `t${this.#aliases.size}`
    const source = this.#aliases.get(from)!
    this.#aliases.set(to, alias)
    const equal = Object.entries(on).map(([own, other]) => `${source}.${quoted(own)} = ${alias}.${quoted(other)}`)
    this.#joins.push(`LEFT JOIN ${quoted(to)} AS ${alias} ON ${equal.join(' AND ')}`)
  }

  #bound(value: DuckDBValue): string {
    const name = `p${Object.keys(this.parameters).length}`
    this.parameters[name] = value
    return `$${name}`
  }
}

/** `1.100000` as `1.1`, and a binary number in full digits. */
export function plainDecimal(value: string | number | boolean | null): Quantity {
  if (value === null) return null
  const text = typeof value === 'number' ? inDigits(value) : String(value)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

function inDigits(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(20) : text
}
