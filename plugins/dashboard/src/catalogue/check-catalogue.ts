import {InvalidCatalogueError} from './errors.ts'
import type {Catalogue, CatalogueTable, Dimension, Measure, Metric} from './catalogue.ts'

/** What the data has: tables, their columns, and what those hold. */
export type DataSchema = ReadonlyMap<string, ReadonlyMap<string, ColumnType>>
export type ColumnType = 'text' | 'number' | 'boolean' | 'instant' | 'date' | 'other'

/**
 * What may be computed from a column, by what it holds. An average of ratios weighs a shop with one visitor like one
 * with a million; percentiles of parts say nothing about the percentile of the whole; balances add up across things and
 * never over time (Kimball & Ross, The Data Warehouse Toolkit, 3rd ed., chapter 3: additive, semi-additive and
 * non-additive facts).
 */
const allowed: Readonly<Record<Measure, readonly Metric['kind'][]>> = {
  amount: ['sum', 'mean', 'minimum', 'maximum', 'percentile'],
  value: ['mean', 'minimum', 'maximum', 'percentile'],
  balance: ['balance', 'minimum', 'maximum'],
  ratio: ['minimum', 'maximum'],
  percentile: ['minimum', 'maximum'],
}

/**
 * Checks that a catalogue says only what the data has and arithmetic allows.
 * @throws InvalidCatalogueError with every problem
 */
export function checkCatalogue(catalogue: Catalogue, schema: DataSchema): void {
  const problems = [
    ...Object.entries(catalogue.tables).flatMap(([name, table]) => tableProblems(name, table, catalogue, schema)),
    ...Object.entries(catalogue.metrics).flatMap(([name, metric]) => metricProblems(name, metric, catalogue, schema)),
    ...Object.entries(catalogue.dimensions).flatMap(([name, dimension]) =>
      dimensionProblems(`dimension ${name}`, dimension, catalogue, schema),
    ),
  ]
  if (problems.length > 0) throw new InvalidCatalogueError(problems)
}

function tableProblems(
  name: string,
  {key, time, measures, joins}: CatalogueTable,
  catalogue: Catalogue,
  schema: DataSchema,
): string[] {
  const where = `table ${name}`
  if (!schema.has(name)) return [`${where} is not in the data`]
  const columns = [...key, ...Object.keys(measures), ...(time ? [time.column] : [])]
  const problems = columns.flatMap(column => columnProblems(where, name, column, catalogue, schema))
  const type = time && schema.get(name)?.get(time.column)
  if (time?.kind === 'instant' && type !== undefined && type !== 'instant') {
    problems.push(`${where}: ${time.column} is no instant but ${type}`)
  }
  if (time?.kind === 'date' && type !== undefined && type !== 'date') {
    problems.push(`${where}: ${time.column} is no date but ${type}`)
  }
  for (const join of joins) {
    const target = catalogue.tables[join.table]
    if (target === undefined) problems.push(`${where} joins ${join.table}, which the catalogue does not have`)
    else if (!sameColumns(Object.values(join.on), target.key)) {
      problems.push(`${where} joins ${join.table} by other columns than its key, so that rows could be counted twice`)
    }
    for (const column of Object.keys(join.on)) problems.push(...columnProblems(where, name, column, catalogue, schema))
  }
  return problems
}

const sameColumns = (one: readonly string[], other: readonly string[]) =>
  one.length > 0 && one.length === other.length && one.every(column => other.includes(column))

function columnProblems(
  where: string,
  table: string,
  column: string,
  catalogue: Catalogue,
  schema: DataSchema,
): string[] {
  if (catalogue.tables[table] === undefined) return [`${where}: the catalogue has no table ${table}`]
  return schema.get(table)?.has(column) ? [] : [`${where}: ${table} has no column ${column}`]
}

function dimensionProblems(
  where: string,
  {table, column, bands}: Dimension,
  catalogue: Catalogue,
  schema: DataSchema,
): string[] {
  const problems = columnProblems(where, table, column, catalogue, schema)
  const type = schema.get(table)?.get(column)
  if (bands === undefined || type === undefined || type === 'number') return problems
  return [...problems, `${where}: bands are of numbers, and ${column} holds ${type}`]
}

function metricProblems(name: string, metric: Metric, catalogue: Catalogue, schema: DataSchema): string[] {
  const where = `metric ${name}`
  if (metric.kind === 'ratio') return ratioProblems(where, metric, catalogue)
  const problems = metric.where.flatMap(({column}) => columnProblems(where, metric.table, column, catalogue, schema))
  if (metric.unit.kind === 'currency') {
    const {currency, column} = metric.unit
    if (column !== undefined) problems.push(...columnProblems(where, metric.table, column, catalogue, schema))
    if ((currency === undefined) === (column === undefined)) {
      problems.push(`${where}: money has either one currency or a column that tells it`)
    }
  }
  if (metric.kind === 'count') {
    return [...problems, ...(catalogue.tables[metric.table] ? [] : [`${where}: no table ${metric.table}`])]
  }
  problems.push(...columnProblems(where, metric.table, metric.column, catalogue, schema))
  if (metric.kind === 'distinct' || problems.length > 0) return problems
  return [...problems, ...measureProblems(where, metric, catalogue, schema)]
}

function measureProblems(
  where: string,
  metric: Exclude<Metric, {kind: 'ratio' | 'count' | 'distinct'}>,
  catalogue: Catalogue,
  schema: DataSchema,
): string[] {
  const {kind, table, column} = metric
  const type = schema.get(table)?.get(column)
  if (type !== 'number') return [`${where}: ${column} holds ${type}, no numbers`]
  const measure = catalogue.tables[table]?.measures[column]
  if (measure === undefined) return [`${where}: the catalogue does not say what ${column} measures`]
  if (!allowed[measure].includes(kind)) {
    return [`${where}: a ${kind} of ${column} would not be true, as it is a ${measure}; ${remedy[measure]}`]
  }
  if (kind !== 'balance') return []
  const time = catalogue.tables[table]?.time
  if (time?.kind !== 'date') return [`${where}: balances are read from one set of rows a day, so that it needs dates`]
  const key = catalogue.tables[table]?.key ?? []
  return key.includes(time.column) ? [] : [`${where}: the key of ${table} has to name ${time.column}`]
}

const remedy: Readonly<Record<Measure, string>> = {
  amount: 'take a sum',
  value: 'take a mean, an extreme or a percentile of it',
  balance: 'take its balance',
  ratio: 'give what it is a ratio of, and divide the sums',
  percentile: 'give the values themselves',
}

function ratioProblems(
  where: string,
  {numerator, denominator, unit}: Metric & {kind: 'ratio'},
  {metrics}: Catalogue,
): string[] {
  const sides = [numerator, denominator].map(name => [name, metrics[name]] as const)
  const problems = sides.flatMap(([name, side]) => {
    if (side === undefined) return [`${where}: there is no metric ${name}`]
    if (['count', 'distinct', 'sum', 'balance'].includes(side.kind)) return []
    return [`${where}: ${name} is a ${side.kind}, of which no ratio can be made`]
  })
  const [above, below] = sides.map(([, side]) => side?.unit)
  if (above?.kind === 'currency' && below?.kind === 'currency' && !sameCurrency(above, below)) {
    problems.push(`${where} divides one currency by another`)
  }
  if (unit.kind === 'currency' && above?.kind === 'currency' && !sameCurrency(above, unit)) {
    problems.push(`${where} has another currency than ${numerator}`)
  }
  if (unit.kind === 'share' && above && below && above.kind !== below.kind) {
    problems.push(`${where}: a share is of like things, and these are ${above.kind} and ${below.kind}`)
  }
  return problems
}

type Money = Extract<Metric['unit'], {kind: 'currency'}>

function sameCurrency(one: Money, other: Money): boolean {
  return one.currency === other.currency && one.column === other.column
}
