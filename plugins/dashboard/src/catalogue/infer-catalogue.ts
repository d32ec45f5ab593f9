import type {DataSession} from '../data/data-session.ts'
import {quoted} from '../data/quote.ts'
import type {Catalogue, CatalogueTable, Dimension, Measure, Metric} from './catalogue.ts'

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

/**
 * Drafts a catalogue from names, types and the numbers of different values. It claims little: what a name does not say
 * to add up gets a mean and no sum, and money gets no currency.
 */
export async function inferCatalogue(session: DataSession): Promise<Catalogue> {
  const tables: Record<string, CatalogueTable> = {}
  const metrics: Record<string, Metric> = {}
  const dimensions: Record<string, Dimension> = {}
  for (const [table, columns] of await session.schema()) {
    const time = [...columns].find(([, type]) => type === 'instant' || type === 'date')
    const key = await keyOf(table, [...columns.keys()], session)
    const measures: Record<string, Measure> = {}
    for (const [column, type] of columns) {
      if (column === time?.[0] || key.includes(column)) continue
      if (type === 'number') {
        if (isIdentifier(column)) continue
        const measure = measureOf(column, time?.[1] === 'date')
        measures[column] = measure
        const metric = metricOf(table, column, measure, {dated: time?.[1] === 'date' && key.includes(time[0])})
        if (metric) metrics[unique(nameOf(column), metrics)] = metric
      } else if (type === 'text' || type === 'boolean') {
        if ((await distinct(table, column, session)) > mostValues) continue
        dimensions[unique(nameOf(column), dimensions)] = {title: titleOf(column), table, column}
      }
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
  return {version: 1, tables, metrics, dimensions}
}

function measureOf(column: string, dated: boolean): Measure {
  const measure = hints.find(([pattern]) => pattern.test(plain(column)))?.[1] ?? 'value'
  // A balance needs the day that it is the balance of.
  return measure === 'balance' && !dated ? 'value' : measure
}

function metricOf(table: string, column: string, measure: Measure, {dated}: {dated: boolean}): Metric | undefined {
  const shared = {
    title: titleOf(column),
    table,
    column,
    where: [],
    unit: {kind: 'number' as const},
    better: 'neither' as const,
  }
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

async function distinct(table: string, column: string, session: DataSession): Promise<number> {
  const [found] = await session.query(`SELECT count(DISTINCT ${quoted(column)}) AS different FROM ${quoted(table)}`)
  return Number(found!.different)
}

const plain = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '')
const isIdentifier = (column: string) => /(^|_)(id|uuid|key|number|no|code)$/.test(plain(column))
const nameOf = (text: string) => (/^[a-z]/.test(plain(text)) ? plain(text) : `column_${plain(text)}`).slice(0, 58)
const titleOf = (text: string) => {
  const words = plain(text).replaceAll('_', ' ').trim() || 'column'
  return (words[0]!.toUpperCase() + words.slice(1)).slice(0, 80)
}

function unique(name: string, taken: Readonly<Record<string, unknown>>): string {
  if (!Object.hasOwn(taken, name)) return name
  const number = Array.from({length: 1000}, (_, index) => index + 2).find(
    each => !Object.hasOwn(taken, `${name}_${each}`),
  )
  return `${name}_${number}`
}
