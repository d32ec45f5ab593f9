import type {Catalogue} from '../catalogue/catalogue.ts'
import {columnsOfTable} from '../catalogue/columns-of-table.ts'
import {daysLookedBackOn} from '../query/rhythms.ts'
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

/**
 * The history that dashboards show: the longest of their periods with the one before it, or with what forecasts look back
 * on, and three days for zones.
 */
export function historyOf(
  specs: readonly Pick<DashboardSpec, 'period' | 'panels'>[],
  until: string | undefined,
): History {
  const days = specs.map(({period: {unit, count}, panels}) => {
    const period = (count + 1) * longest[unit]
    return period + Math.max(period, ...panels.map(daysLookedBackOn))
  })
  return {days: Math.max(1, ...days) + 3, until}
}

/** Whether tables reach beyond now, so that their last row does not say how far back a period goes. */
export function reachAhead({catalogue, templates}: DataNeeds): boolean {
  const catalogues = [...(catalogue === undefined ? [] : [catalogue]), ...templates.map(each => each.catalogue)]
  return catalogues.some(({tables}) => Object.values(tables).some(({ahead}) => ahead === true))
}

/** Tables and columns as the needs name them. */
export interface NeededColumns {
  columnsOf(table: string, columns: readonly string[]): readonly string[]
  timeOf(table: string, times: readonly string[]): string | undefined
  /** Whether other tables lead to this one, so that all of its rows are needed, however old. */
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
    timeOf: table => catalogue.tables[table]?.time?.column,
    isJoined: table => joined.has(table),
  }
}

function byTemplates(templates: readonly Template[]): NeededColumns {
  const names = new Set<string>()
  for (const {catalogue, synonyms} of templates) {
    const namesOf = (table: string, column: string) =>
      [column, ...(synonyms[`${table}.${column}`] ?? [])].map(plainName)
    for (const table of Object.keys(catalogue.tables)) {
      for (const column of columnsOfTable(table, catalogue)) for (const name of namesOf(table, column)) names.add(name)
    }
  }
  return {
    columnsOf: (_table, columns) => columns.filter(column => names.has(plainName(column))),
    // Of several, another template may take another.
    timeOf: (_table, times) => (times.length === 1 ? times[0] : undefined),
    isJoined: () => false,
  }
}
