import {type Catalogue, type Condition, partsOf, type RowMetric} from '../../../catalogue/catalogue.ts'
import type {OriginKind, TableOrigin} from '../../../data/table-origin.ts'
import {pathTo} from '../../../spec/check-panel.ts'
import type {Filter, Grain} from '../../../spec/dashboard-spec.ts'
import {identifier, literal} from './sql-text.ts'

/** Something that SQL for Grafana does not say, and why. */
export class NotLiveError extends Error {}

export interface LiveScope {
  readonly catalogue: Catalogue
  readonly origins: ReadonlyMap<string, TableOrigin>
  /** Whose days are shown. */
  readonly zone: string
  readonly filters: readonly Filter[]
  /** Tables at whose last moment the period ends, where the time that is chosen reaches beyond it. */
  readonly until?: readonly string[] | undefined
}

export interface RowsShape {
  /** The common table expression with one row, `start_at` and `end_at`. */
  readonly window: string
  readonly grain?: Grain | undefined
  readonly dimension?: string | undefined
}

/** Kinds whose text is the same in PostgreSQL and on the page. */
const told: ReadonlySet<OriginKind> = new Set(['text', 'boolean', 'whole'])
const numbers: ReadonlySet<OriginKind> = new Set(['whole', 'decimal', 'binary'])

/**
 * The rows of one metric, as a query: `step` and `part` where they are asked for, `amount`, and `currency` where rows
 * have one. The twin of `metricQuery`, in the words of PostgreSQL; no session setting changes what it says.
 */
export function metricRows(metric: RowMetric, {window, grain, dimension}: RowsShape, scope: LiveScope): string {
  const joined = new JoinedTables(metric.table, scope)
  const instant = instantOf(metric.table, joined.base, scope)
  const {unit} = metric
  const step = grain === undefined ? undefined : stepOf(grain, instant, window, scope.zone)
  const columns = [
    ...(step === undefined ? [] : [`${step} AS step`]),
    ...(dimension === undefined ? [] : [`${joined.part(dimension)} AS part`]),
    `${metric.kind === 'count' ? '1' : joined.amount(metric)} AS amount`,
    ...(unit.kind === 'currency' && unit.column !== undefined ? [`${joined.text(unit.column)} AS currency`] : []),
  ]
  const conditions = [
    within(instant, window),
    ...metric.where.map(condition => joined.condition(condition)),
    ...scope.filters.map(filter => joined.filter(filter)),
  ]
  const days = metric.kind === 'balance' ? lastDays(metric.table, {window, grain}, scope) : undefined
  if (days !== undefined) {
    const time = scope.catalogue.tables[metric.table]!.time!
    const moment = `${joined.base}.${identifier(time.column)}`
    conditions.push(step === undefined ? `${moment} = (${days})` : `(${step}, ${moment}) IN (${days})`)
  }
  return `SELECT ${columns.join(', ')}\n  FROM ${joined.from()}\n  WHERE ${conditions.join('\n    AND ')}`
}

/** The last day of each step on which anything was written down. */
function lastDays(table: string, {window, grain}: RowsShape, scope: LiveScope): string {
  const instant = instantOf(table, 'd', scope)
  const step = grain === undefined ? '' : `${stepOf(grain, instant, window, scope.zone)}, `
  const column = identifier(scope.catalogue.tables[table]!.time!.column)
  return (
    `SELECT ${step}max(d.${column}) FROM ${sourceOf(table, scope)} AS d WHERE ${within(instant, window)}` +
    (grain === undefined ? '' : ' GROUP BY 1')
  )
}

const within = (instant: string, window: string) =>
  `${instant} >= (SELECT start_at FROM ${window}) AND ${instant} < (SELECT end_at FROM ${window})`

/** The aggregate of the rows of a metric; null of none, except for counts, which are 0. */
export function aggregateOf(metric: RowMetric): string {
  switch (metric.kind) {
    case 'count':
      return 'count(*)'
    case 'distinct':
      return 'count(DISTINCT amount)'
    case 'sum':
    case 'balance':
      return 'sum(amount)'
    case 'mean':
      return 'CAST(sum(amount) AS float8) / count(amount)'
    case 'minimum':
      return 'min(amount)'
    case 'maximum':
      return 'max(amount)'
    case 'percentile':
      return `CAST(percentile_cont(${metric.percentile / 100}) WITHIN GROUP (ORDER BY amount) AS numeric(28, 6))`
  }
}

/** From when to when a table tells of anything, as a query of one row. */
export function knownSpan(table: string, scope: LiveScope): string {
  const {time} = scope.catalogue.tables[table]!
  const column = identifier(time!.column)
  const [first, last] =
    time!.kind === 'date'
      ? [localDay(`min(${column})`, scope.zone), localDay(`max(${column}) + 1`, scope.zone)]
      : [`min(${instantOf(table, 't', scope)})`, `max(${instantOf(table, 't', scope)}) + INTERVAL '1 microsecond'`]
  return `SELECT ${first} AS first_at, ${last} AS last_at FROM ${sourceOf(table, scope)} AS t`
}

const localDay = (day: string, zone: string) => `CAST(${day} AS timestamp) AT TIME ZONE ${literal(zone)}`

/** The moment of a row, whatever the zone of the session is. */
function instantOf(table: string, alias: string, scope: LiveScope): string {
  const time = scope.catalogue.tables[table]!.time!
  const kind = kindOf(table, time.column, scope)
  const column = `${alias}.${identifier(time.column)}`
  if (time.kind === 'date' && kind === 'date') return localDay(column, scope.zone)
  if (time.kind === 'instant' && kind === 'timestamptz') return column
  if (time.kind === 'instant' && kind === 'timestamp') return `(${column} AT TIME ZONE ${literal(time.zone)})`
  throw new NotLiveError(`${time.column} is read in another way than it is stored`)
}

/** The step of a moment, as `steps` has it: local time, or for hours the moment at which they begin. */
function stepOf(grain: Grain, instant: string, window: string, zone: string): string {
  if (grain !== 'hour') return `date_trunc('${grain}', ${instant} AT TIME ZONE ${literal(zone)})`
  const start = `(SELECT start_at FROM ${window})`
  return `${start} + floor(extract(epoch FROM ${instant} - ${start}) / 3600) * INTERVAL '1 hour'`
}

function kindOf(table: string, column: string, {origins}: LiveScope): OriginKind {
  const kind = origins.get(table)?.columns.get(column)
  if (kind === undefined) throw new NotLiveError(`${table} is no table of the database`)
  return kind
}

/** A table by its schema, with the rows alone that this dashboard may show. */
function sourceOf(table: string, {origins}: LiveScope): string {
  const origin = origins.get(table)
  if (origin === undefined) throw new NotLiveError(`${table} is no table of the database`)
  const {schema, name, tenant} = origin
  const whole = `${identifier(schema)}.${identifier(name)}`
  if (tenant === undefined) return whole
  return `(SELECT * FROM ${whole} WHERE CAST(${identifier(tenant.column)} AS text) = ${literal(tenant.value)})`
}

/** Whether a metric is a sum of things that happened, so that none is 0 where the data reach. */
export const isAddedUp = ({kind}: RowMetric) => kind === 'sum' || kind === 'count' || kind === 'distinct'

export function rowMetricsOf(name: string, catalogue: Catalogue): readonly RowMetric[] {
  return partsOf(name, catalogue).map(([, metric]) => metric)
}

/** The tables that one query reads, under aliases of its own. */
class JoinedTables {
  readonly base = 't0'
  readonly #table: string
  readonly #scope: LiveScope
  readonly #aliases = new Map<string, string>()
  readonly #joins: string[] = []

  constructor(table: string, scope: LiveScope) {
    this.#table = table
    this.#scope = scope
    this.#aliases.set(table, this.base)
  }

  from(): string {
    return [`${sourceOf(this.#table, this.#scope)} AS ${this.base}`, ...this.#joins].join('\n  ')
  }

  amount(metric: Exclude<RowMetric, {kind: 'count'}>): string {
    const kind = kindOf(this.#table, metric.column, this.#scope)
    const column = `${this.base}.${identifier(metric.column)}`
    if (metric.kind === 'distinct') {
      if (told.has(kind)) return kind === 'text' ? textOf(column) : column
      if (kind === 'other') throw new NotLiveError(`values of ${metric.column} are told apart in another way there`)
      return column
    }
    if (!numbers.has(kind)) throw new NotLiveError(`${metric.column} is no number`)
    if (metric.kind === 'percentile') return `CAST(${column} AS float8)`
    // A binary number becomes a decimal with 15 digits; its text has all of them.
    return `CAST(${kind === 'binary' ? `CAST(${column} AS text)` : column} AS numeric(28, 6))`
  }

  text(column: string): string {
    return this.#told(this.#table, this.base, column)
  }

  condition({column, operator, values}: Condition): string {
    const [bound] = values
    if (operator === 'at_least' || operator === 'below') {
      if (!numbers.has(kindOf(this.#table, column, this.#scope))) throw new NotLiveError(`${column} is no number`)
      const comparison = operator === 'below' ? '<' : '>='
      return `CAST(${this.base}.${identifier(column)} AS float8) ${comparison} CAST('${Number(bound)}' AS float8)`
    }
    const among = amongTexts(this.text(column), values.map(String))
    return operator === 'is' ? among : `NOT ${among}`
  }

  filter({dimension, operator, values}: Filter): string {
    const reference = this.#dimension(dimension)
    const texts = values.filter(value => value !== null)
    const tests = [
      ...(texts.length > 0 ? [amongTexts(reference, texts)] : []),
      ...(values.includes(null) ? [`${reference} IS NULL`] : []),
    ]
    return `${operator === 'in' ? '' : 'NOT '}(${tests.join(' OR ')})`
  }

  /** `v` and the value, or `n` where there is none. */
  part(dimension: string): string {
    const reference = this.#dimension(dimension)
    return `coalesce('v' || ${reference}, 'n')`
  }

  #dimension(name: string): string {
    const {table, column, bands} = this.#scope.catalogue.dimensions[name]!
    if (bands !== undefined) throw new NotLiveError('bands are made when the dashboard is built')
    for (const step of pathTo(this.#table, table, this.#scope.catalogue) ?? []) this.#join(step.from, step.to, step.on)
    return this.#told(table, this.#aliases.get(table)!, column)
  }

  #told(table: string, alias: string, column: string): string {
    if (told.has(kindOf(table, column, this.#scope))) return textOf(`${alias}.${identifier(column)}`)
    throw new NotLiveError(`values of ${column} are written in another way there`)
  }

  #join(from: string, to: string, on: Readonly<Record<string, string>>): void {
    if (this.#aliases.has(to)) return
    const alias = `t${this.#aliases.size}`
    const source = this.#aliases.get(from)!
    this.#aliases.set(to, alias)
    const equal = Object.entries(on).map(([own, other]) => {
      const kinds = [kindOf(from, own, this.#scope), kindOf(to, other, this.#scope)] as const
      const sides = [`${source}.${identifier(own)}`, `${alias}.${identifier(other)}`]
      if (kinds.every(kind => numbers.has(kind))) return sides.join(' = ')
      if (kinds[0] !== kinds[1] || kinds[0] === 'other') throw new NotLiveError(`${own} and ${other} differ in type`)
      return (kinds[0] === 'text' ? sides.map(textOf) : sides).join(' = ')
    })
    this.#joins.push(`LEFT JOIN ${sourceOf(to, this.#scope)} AS ${alias} ON ${equal.join(' AND ')}`)
  }
}

/** By its bytes: no collation makes two values one. */
const textOf = (column: string) => `CAST(${column} AS text) COLLATE "C"`

function amongTexts(reference: string, values: readonly string[]): string {
  if (values.some(value => value.includes('\0'))) throw new NotLiveError('no text of PostgreSQL has a zero byte')
  return `coalesce(${reference} IN (${values.map(literal).join(', ')}), false)`
}
