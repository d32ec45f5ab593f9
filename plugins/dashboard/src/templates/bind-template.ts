import type {Catalogue, CatalogueTable, Condition, Dimension, Metric} from '../catalogue/catalogue.ts'
import {columnsOfTable} from '../catalogue/columns-of-table.ts'
import type {DataSchema} from '../catalogue/check-catalogue.ts'
import type {DataSession} from '../data/data-session.ts'
import {whatItHolds} from '../data/unfit-column.ts'
import type {Template} from './template.ts'

/** A metric or dimension that a type asks for and the data do not give, with why. */
export interface Missing {
  readonly kind: 'metric' | 'dimension'
  readonly name: string
  readonly title: string
  readonly reason: string
}

export interface BoundTemplate {
  readonly catalogue: Catalogue
  readonly missing: readonly Missing[]
  /** Which column stands for which, in words: `orders.amount` is `sales.total`. */
  readonly bindings: readonly {readonly wanted: string; readonly found: string}[]
}

interface TableBinding {
  readonly name: string
  readonly columns: ReadonlyMap<string, string>
  readonly time: {readonly column: string; readonly kind: 'instant' | 'date'}
  /** Whether rows are told apart by the key that the type names. */
  readonly keyed: boolean
}

/**
 * Finds the columns of a type in the data, by their names and synonyms and by what they hold. What is not found, or is
 * not what it has to be, is missing: nothing is guessed from values.
 */
export async function bindTemplate(
  template: Template,
  schema: DataSchema,
  session: DataSession,
): Promise<BoundTemplate> {
  const tables = new Map<string, TableBinding>()
  for (const [table, definition] of Object.entries(template.catalogue.tables)) {
    const found = await bindTable(table, definition, template, schema, session)
    if (found) tables.set(table, found)
  }
  const binder = new Binder(template, tables, await unfitColumns(template, tables, schema, session))
  return binder.bound()
}

async function bindTable(
  wanted: string,
  definition: CatalogueTable,
  template: Template,
  schema: DataSchema,
  session: DataSession,
): Promise<TableBinding | undefined> {
  const needed = columnsOfTable(wanted, template.catalogue)
  const candidates = [...schema].flatMap(([name, types]) => {
    const columns = new Map<string, string>()
    for (const column of needed) {
      const names = [column, ...(template.synonyms[`${wanted}.${column}`] ?? [])].map(plain)
      const fits = (found: string) => definition.measures[column] === undefined || types.get(found) === 'number'
      const found = names.flatMap(each => [...types.keys()].filter(other => plain(other) === each && fits(other)))[0]
      if (found !== undefined && ![...columns.values()].includes(found)) columns.set(column, found)
    }
    const time = columns.get(definition.time!.column)
    const type = time === undefined ? undefined : types.get(time)
    if (time === undefined || (type !== 'date' && type !== 'instant')) return []
    if (definition.time!.kind === 'date' && type !== 'date') return []
    return [
      {
        name,
        columns,
        time: {column: time, kind: type},
        score: columns.size + (plain(name) === plain(wanted) ? 100 : 0),
      },
    ]
  })
  // A time alone is in every table: something that is counted has to be there too.
  const [best] = candidates.filter(({columns}) => columns.size > 1).toSorted((one, other) => other.score - one.score)
  if (best === undefined) return undefined
  const {name, columns, time} = best
  const key = definition.key.map(column => columns.get(column))
  return {
    name,
    columns,
    time,
    keyed: key.every(column => column !== undefined) && (await session.isKey(name, key as string[])),
  }
}

/** Columns that are called as they should be and hold something else, by what was wanted, with what they hold. */
async function unfitColumns(
  template: Template,
  tables: ReadonlyMap<string, TableBinding>,
  schema: DataSchema,
  session: DataSession,
): Promise<ReadonlyMap<string, string>> {
  const unfit = new Map<string, string>()
  for (const [table, {measures, time}] of Object.entries(template.catalogue.tables)) {
    const bound = tables.get(table)
    const wanted = bound === undefined ? [time!.column] : Object.keys(measures).filter(each => !bound.columns.has(each))
    for (const column of wanted) {
      const names = [column, ...(template.synonyms[`${table}.${column}`] ?? [])].map(plain)
      const [found] = [...schema]
        .filter(([name, columns]) => (bound === undefined ? knowsOthers(columns) : name === bound.name))
        .flatMap(([name, columns]) =>
          names.flatMap(each =>
            [...columns].flatMap(([other, type]) => (plain(other) === each ? [{name, column: other, type}] : [])),
          ),
        )
      if (found === undefined) continue
      const holds = await whatItHolds(
        found.name,
        found.column,
        {type: found.type, wanted: bound === undefined ? 'time' : 'number'},
        session,
      )
      const kind = bound === undefined ? 'days or moments' : 'numbers'
      unfit.set(`${table}.${column}`, `needs ${kind} in ${found.column} of ${found.name}, which ${holds}`)
    }
    // A time alone is in every table.
    function knowsOthers(columns: ReadonlyMap<string, unknown>): boolean {
      const needed = columnsOfTable(table, template.catalogue).filter(each => each !== time!.column)
      const known = new Set(needed.flatMap(each => [each, ...(template.synonyms[`${table}.${each}`] ?? [])]).map(plain))
      return [...columns.keys()].some(each => known.has(plain(each)))
    }
  }
  return unfit
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')

class Binder {
  readonly #template: Template
  readonly #tables: ReadonlyMap<string, TableBinding>
  readonly #unfit: ReadonlyMap<string, string>

  constructor(template: Template, tables: ReadonlyMap<string, TableBinding>, unfit: ReadonlyMap<string, string>) {
    this.#template = template
    this.#tables = tables
    this.#unfit = unfit
  }

  bound(): BoundTemplate {
    const {metrics, dimensions, tables} = this.#template.catalogue
    const found: Record<string, Metric> = {}
    const missing: Missing[] = []
    for (const [name, metric] of Object.entries(metrics)) {
      const bound = this.#metric(metric)
      if (typeof bound === 'string') missing.push({kind: 'metric', name, title: metric.title, reason: bound})
      else found[name] = bound
    }
    const told: Record<string, Dimension> = {}
    for (const [name, dimension] of Object.entries(dimensions)) {
      const {title, table, column} = dimension
      const binding = this.#tables.get(table)
      const actual = binding?.columns.get(column)
      if (binding && actual !== undefined) told[name] = {...dimension, table: binding.name, column: actual}
      else missing.push({kind: 'dimension', name, title, reason: this.#lacks(table, column)})
    }
    return {
      catalogue: {
        version: 1,
        tables: Object.fromEntries(
          Object.entries(tables).flatMap(([table, definition]) => {
            const binding = this.#tables.get(table)
            return binding ? [[binding.name, this.#table(definition, binding)]] : []
          }),
        ),
        metrics: found,
        dimensions: told,
      },
      missing,
      bindings: [...this.#tables].flatMap(([table, {name, columns}]) =>
        [...columns].map(([wanted, actual]) => ({wanted: `${table}.${wanted}`, found: `${name}.${actual}`})),
      ),
    }
  }

  #table({key, measures, ahead}: CatalogueTable, {columns, time, keyed}: TableBinding): CatalogueTable {
    const renamed = Object.entries(measures).flatMap(([column, measure]) => {
      const actual = columns.get(column)
      return actual === undefined ? [] : [[actual, measure] as const]
    })
    return {
      key: keyed ? key.map(column => columns.get(column)!) : [],
      time: {...time, zone: 'UTC'},
      measures: Object.fromEntries(renamed),
      joins: [],
      ...(ahead === undefined ? {} : {ahead}),
    }
  }

  /** The metric in the data's own names, or why there is none. */
  #metric(metric: Metric): Metric | string {
    if (metric.kind === 'ratio') {
      const {metrics} = this.#template.catalogue
      const reason = [metric.numerator, metric.denominator]
        .map(name => [name, this.#metric(metrics[name]!)] as const)
        .find(([, bound]) => typeof bound === 'string')
      return reason ? `needs ${reason[0]}, which ${reason[1] as string}` : this.#withUnit(metric, this.#tableOf(metric))
    }
    const binding = this.#tables.get(metric.table)
    if (binding === undefined) return this.#lacks(metric.table)
    const columns = [...(metric.kind === 'count' ? [] : [metric.column]), ...metric.where.map(({column}) => column)]
    const absent = columns.find(column => !binding.columns.has(column))
    if (absent !== undefined) return this.#lacks(metric.table, absent)
    const needsKey = metric.kind === 'count' || metric.kind === 'balance'
    if (needsKey && !binding.keyed) {
      const key = this.#template.catalogue.tables[metric.table]!.key.join(', ')
      return `needs ${key} to tell each row of ${binding.name} from every other`
    }
    const where = metric.where.map((each): Condition => ({...each, column: binding.columns.get(each.column)!}))
    const renamed = {...metric, table: binding.name, where}
    if (renamed.kind !== 'count') renamed.column = binding.columns.get(renamed.column)!
    return this.#withUnit(renamed, binding)
  }

  #tableOf(metric: Metric & {kind: 'ratio'}): TableBinding | undefined {
    const numerator = this.#template.catalogue.metrics[metric.numerator]
    return numerator === undefined || numerator.kind === 'ratio' ? undefined : this.#tables.get(numerator.table)
  }

  /** Money of which the data do not say the currency is a number, and no euros. */
  #withUnit<M extends Metric>(metric: M, binding: TableBinding | undefined): M {
    if (metric.unit.kind !== 'currency' || metric.unit.column === undefined) return metric
    const column = binding?.columns.get(metric.unit.column)
    return {...metric, unit: column === undefined ? {kind: 'number'} : {kind: 'currency', column}}
  }

  #timeOf(table: string): string {
    return this.#template.catalogue.tables[table]!.time!.column
  }

  #lacks(table: string, column?: string): string {
    const where = column ?? this.#timeOf(table)
    const subject = this.#tables.get(table)?.name
    const unfit = this.#unfit.get(`${table}.${subject === undefined ? this.#timeOf(table) : where}`)
    if (unfit !== undefined) return unfit
    const names = [where, ...(this.#template.synonyms[`${table}.${where}`] ?? [])]
    return subject === undefined
      ? `needs a table like ${table}, with a time such as ${names.slice(0, 4).join(', ')}`
      : `needs a column of ${subject} such as ${names.slice(0, 4).join(', ')}`
  }
}
