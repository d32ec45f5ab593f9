import type {Catalogue} from '../catalogue/catalogue.ts'
import type {DashboardSpec} from '../spec/dashboard-spec.ts'
import type {Template} from '../templates/template.ts'

/** What dashboards are going to ask of data, so that a server is asked for no more. Undefined parts mean: everything. */
export interface DataNeeds {
  /** Undefined where columns are found by the names that templates know. */
  readonly catalogue?: Catalogue | undefined
  readonly templates: readonly Template[]
  readonly history?: History | undefined
}

/** How far back something is asked for. */
export interface History {
  /** Days before the last moment, both periods and a margin for zones among them. */
  readonly days: number
  /** ISO 8601; the last moment that the data know where it is not given. */
  readonly until: string | undefined
}

const longest = {day: 1, week: 7, month: 31} as const

/** The history that dashboards show: the longest of their periods, the one before it, and three days for zones. */
export function historyOf(specs: readonly Pick<DashboardSpec, 'period'>[], until: string | undefined): History {
  const days = specs.map(({period: {unit, count}}) => 2 * (count + 1) * longest[unit])
  return {days: Math.max(1, ...days) + 3, until}
}

/** Tables and columns as the needs name them: `undefined` for a table of which nothing is needed. */
export interface NeededColumns {
  columnsOf(table: string, columns: readonly string[]): readonly string[]
  /** Columns by which another table may lead to this one; all rows of such a table are needed, however old. */
  readonly joinKeys: readonly (readonly string[])[]
  timeOf(table: string, times: readonly string[]): string | undefined
  /** Whether other tables lead to this one. */
  isJoined(table: string): boolean
}

/** A name as people vary it: `Order ID` and `order_id` are one. */
export const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')

export function neededColumns({catalogue, templates}: DataNeeds): NeededColumns {
  if (catalogue !== undefined) return byCatalogue(catalogue)
  if (templates.length === 0) return everything
  return byTemplates(templates)
}

const everything: NeededColumns = {
  columnsOf: (_table, columns) => columns,
  joinKeys: [],
  timeOf: () => undefined,
  isJoined: () => true,
}

function byCatalogue(catalogue: Catalogue): NeededColumns {
  const joined = new Set(Object.values(catalogue.tables).flatMap(({joins}) => joins.map(({table}) => table)))
  return {
    columnsOf(table, columns) {
      const definition = catalogue.tables[table]
      if (definition === undefined) return []
      const wanted = new Set(columnsOfTable(table, catalogue))
      return columns.filter(column => wanted.has(column))
    },
    joinKeys: [],
    timeOf: table => catalogue.tables[table]?.time?.column,
    isJoined: table => joined.has(table),
  }
}

/** Every column of a table that a catalogue speaks of. */
export function columnsOfTable(table: string, {tables, metrics, dimensions}: Catalogue): readonly string[] {
  const {key = [], time, measures = {}, joins = []} = tables[table] ?? {}
  const measured = Object.values(metrics).flatMap(metric => {
    if (metric.kind === 'ratio' || metric.table !== table) return []
    return [
      ...(metric.kind === 'count' ? [] : [metric.column]),
      ...metric.where.map(({column}) => column),
      ...(metric.unit.kind === 'currency' && metric.unit.column !== undefined ? [metric.unit.column] : []),
    ]
  })
  const told = Object.values(dimensions).flatMap(each => (each.table === table ? [each.column] : []))
  const leading = joins.flatMap(({on}) => Object.keys(on))
  return [
    ...new Set([...(time ? [time.column] : []), ...Object.keys(measures), ...key, ...measured, ...told, ...leading]),
  ]
}

function byTemplates(templates: readonly Template[]): NeededColumns {
  const names = new Set<string>()
  const joinKeys: (readonly string[])[] = []
  for (const {catalogue, synonyms} of templates) {
    const namesOf = (table: string, column: string) =>
      [column, ...(synonyms[`${table}.${column}`] ?? [])].map(plainName)
    for (const [table, {joins}] of Object.entries(catalogue.tables)) {
      for (const column of columnsOfTable(table, catalogue)) for (const name of namesOf(table, column)) names.add(name)
      for (const {table: target} of joins) {
        const [column] = catalogue.tables[target]!.key
        joinKeys.push(namesOf(target, column!))
      }
    }
  }
  return {
    columnsOf: (_table, columns) => columns.filter(column => names.has(plainName(column))),
    joinKeys,
    // Of several, another template may take another.
    timeOf: (_table, times) => (times.length === 1 ? times[0] : undefined),
    isJoined: () => false,
  }
}
