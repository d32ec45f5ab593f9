import type {DataSession} from '../data/data-session.ts'
import {quoted} from '../data/quote.ts'
import type {ColumnType} from './check-catalogue.ts'
import type {Catalogue, Measure, Metric, Unit} from './catalogue.ts'
import {type ColumnValues, columnValues} from './column-values.ts'
import {foreignKeys} from './foreign-keys.ts'
import {plainName} from './plain-name.ts'

/** What a name says about what a column holds, first match first; a name that says nothing is taken for a value. */
const hints: readonly (readonly [RegExp, Measure])[] = [
  [/(^|_)(p\d{2}|percentile|median|quantile)(_|$)/, 'percentile'],
  [/(^|_)(rate|ratio|share|pct|percent|percentage|average|avg|mean)(_|$)/, 'ratio'],
  [/(^|_)(balance|stock|inventory|mrr|arr|headcount|active|open|outstanding)(_|$)/, 'balance'],
  [
    /(^|_)(amount|total|revenue|sales|cost|price|quantity|qty|count|tokens|bytes|refund|refunds|refunded|fee|tax|points)(_|$)/,
    'amount',
  ],
]

/** Of more values a dimension would be a list of things, and no way to tell them apart. */
const mostValues = 200
/** Whole numbers of so few values, each in so many rows, are kinds of something. */
const mostKinds = 20
const rowsOfKind = 10
const money = /(^|_)(amount|total|revenue|sales|cost|price|fee|tax|refund|refunds|refunded|mrr|arr|balance)(_|$)/

/**
 * Drafts a catalogue from names, types and values. It claims little: what a name does not say to add up gets a mean and
 * no sum, and money is in the currency that its rows name or in none.
 */
export async function inferCatalogue(session: DataSession): Promise<Catalogue> {
  const draft: Catalogue = {version: 1, tables: {}, metrics: {}, dimensions: {}}
  const schema = await session.schema()
  for (const [table, columns] of schema) await draftTable(table, columns, draft, session)
  const keys = new Map(
    Object.entries(draft.tables).flatMap(([table, {key}]) => (key.length === 1 ? [[table, key[0]!]] : [])),
  )
  for (const {table, column, references} of await foreignKeys(schema, keys, session)) {
    const {joins} = draft.tables[table]!
    // Two ways to one table would leave it open which one a dimension is told by.
    if (joins.some(join => join.table === references.table) || joins.length === mostJoins) continue
    joins.push({table: references.table, on: {[column]: references.column}})
  }
  return draft
}

/** Adds a table with its metrics and dimensions. */
async function draftTable(
  table: string,
  columns: ReadonlyMap<string, ColumnType>,
  {tables, metrics, dimensions}: Catalogue,
  session: DataSession,
): Promise<void> {
  const time = [...columns].find(([, type]) => type === 'instant' || type === 'date')
  const key = await keyOf(table, [...columns.keys()], session)
  const dated = time?.[1] === 'date'
  const measures: Record<string, Measure> = {}
  const told = new Map<string, ColumnValues>()
  for (const [column, type] of columns) {
    if (column === time?.[0] || key.includes(column)) continue
    told.set(column, await columnValues(table, column, type, session))
  }
  const currency = [...told].find(([, {currencies}]) => currencies)?.[0]
  for (const [column, values] of told) {
    if (isDimension(column, columns.get(column)!, values, dated)) {
      const ordered = columns.get(column) === 'number' ? {ordered: true} : {}
      dimensions[unique(nameOf(column), dimensions)] = {title: titleOf(column), table, column, ...ordered}
    }
    if (columns.get(column) !== 'number' || isIdentifier(column)) continue
    const measure = measureOf(column, dated)
    measures[column] = measure
    const unit = unitOf(column, measure, values, currency)
    const metric = metricOf(table, column, measure, unit, {dated: dated && key.includes(time[0])})
    if (metric) metrics[unique(nameOf(column), metrics)] = metric
  }
  tables[table] = {
    key: [...key],
    ...(time === undefined ? {} : {time: {column: time[0], kind: time[1] as 'instant' | 'date', zone: 'UTC'}}),
    measures,
    joins: [],
  }
  metrics[unique(nameOf(`${table}_rows`), metrics)] = {
    kind: 'count',
    title: `Rows of ${table}`.slice(0, 80),
    table,
    where: [],
    unit: {kind: 'count', noun: 'rows'},
    better: 'neither',
  }
}

/** Text of few values, or whole numbers of very few that no name calls a measure: kinds of something. */
function isDimension(
  column: string,
  type: ColumnType,
  {whole, different, filled}: ColumnValues,
  dated: boolean,
): boolean {
  if (type === 'boolean') return true
  if (type === 'text') return different <= mostValues && (filled < rowsOfKind || different * 2 <= filled)
  if (type !== 'number' || (!isIdentifier(column) && measureOf(column, dated) !== 'value')) return false
  return whole && different > 1 && different <= mostKinds && filled >= rowsOfKind * different
}

const mostJoins = 20

function unitOf(column: string, measure: Measure, {shares}: ColumnValues, currency: string | undefined): Unit {
  const name = plainName(column)
  if (measure === 'ratio' && shares) return {kind: 'share'}
  if (/_(ms|millis|milliseconds)$/.test(name)) return {kind: 'milliseconds'}
  if (/_(s|sec|secs|seconds)$/.test(name)) return {kind: 'seconds'}
  if (/(^|_)bytes$/.test(name)) return {kind: 'bytes'}
  return currency !== undefined && money.test(name) ? {kind: 'currency', column: currency} : {kind: 'number'}
}

function measureOf(column: string, dated: boolean): Measure {
  const measure = hints.find(([pattern]) => pattern.test(plainName(column)))?.[1] ?? 'value'
  // A balance needs the day that it is the balance of.
  return measure === 'balance' && !dated ? 'value' : measure
}

function metricOf(
  table: string,
  column: string,
  measure: Measure,
  unit: Unit,
  {dated}: {dated: boolean},
): Metric | undefined {
  const shared = {title: titleOf(column), table, column, where: [], unit, better: 'neither' as const}
  if (measure === 'amount') return {kind: 'sum', ...shared}
  if (measure === 'balance') return dated ? {kind: 'balance', ...shared} : undefined
  if (measure === 'value') return {kind: 'mean', ...shared}
  return {kind: 'maximum', ...shared}
}

/** The first column, or pair of columns, that tells all rows apart. */
async function keyOf(table: string, columns: readonly string[], session: DataSession): Promise<readonly string[]> {
  const candidates = [...columns.filter(isIdentifier), ...columns.filter(column => !isIdentifier(column))].slice(0, 8)
  for (const column of candidates.filter(isIdentifier)) if (await isKey(table, [column], session)) return [column]
  const pairs = candidates.flatMap((one, index) => candidates.slice(index + 1).map(other => [one, other]))
  for (const column of candidates.filter(each => !isIdentifier(each)).slice(0, 1)) {
    if (await isKey(table, [column], session)) return [column]
  }
  for (const pair of pairs) if (await isKey(table, pair, session)) return pair
  return []
}

async function isKey(table: string, columns: readonly string[], session: DataSession): Promise<boolean> {
  const list = columns.map(quoted).join(', ')
  const [found] = await session.query(
    `SELECT count(*) AS rows, (SELECT count(*) FROM (SELECT DISTINCT ${list} FROM ${quoted(table)})) AS different FROM ${quoted(table)}`,
  )
  return found!.rows === found!.different && found!.rows !== '0'
}

const isIdentifier = (column: string) => /(^|_)(id|uuid|key|number|no|code)$/.test(plainName(column))
const nameOf = (text: string) =>
  (/^[a-z]/.test(plainName(text)) ? plainName(text) : `column_${plainName(text)}`).slice(0, 58)
const titleOf = (text: string) => {
  const words = plainName(text).replaceAll('_', ' ').trim() || 'column'
  return (words[0]!.toUpperCase() + words.slice(1)).slice(0, 80)
}

function unique(name: string, taken: Readonly<Record<string, unknown>>): string {
  if (!Object.hasOwn(taken, name)) return name
  const number = Array.from({length: 1000}, (_, index) => index + 2).find(
    each => !Object.hasOwn(taken, `${name}_${each}`),
  )
  return `${name}_${number}`
}
