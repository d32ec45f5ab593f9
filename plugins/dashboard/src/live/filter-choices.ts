import type {Supply} from '../build/data-supply.ts'
import type {DataSession} from '../data/data-session.ts'
import {quoted} from '../data/quote.ts'
import {pathTo} from '../spec/check-panel.ts'
import {partsOf} from '../catalogue/catalogue.ts'
import {type DashboardSpec, metricsOf} from '../spec/dashboard-spec.ts'

/** A dimension that a viewer can filter by, with the values that there are, the most frequent first. */
export interface FilterChoice {
  readonly dimension: string
  readonly title: string
  readonly values: readonly string[]
}

const mostChoices = 6
/** A dimension with more values, such as customers, is no choice from a list. */
const mostValues = 100

/**
 * The dimensions that a viewer can choose by, those first by which most panels can be told: the others say that they
 * cannot be, when they are asked to.
 */
export async function filterChoices(
  {panels}: DashboardSpec,
  {catalogue, session}: Pick<Supply, 'catalogue' | 'session'>,
): Promise<readonly FilterChoice[]> {
  const tables = panels.flatMap(metricsOf).flatMap(name => partsOf(name, catalogue).map(([, {table}]) => table))
  const reach = (to: string) => tables.filter(from => pathTo(from, to, catalogue) !== undefined).length
  const dimensions = Object.entries(catalogue.dimensions)
    .map(([dimension, rest]) => ({dimension, ...rest, reached: reach(rest.table)}))
    .filter(({reached}) => reached > 0)
    .toSorted((one, other) => other.reached - one.reached)
  const choices: FilterChoice[] = []
  for (const {dimension, title, table, column} of dimensions) {
    if (choices.length === mostChoices) break
    const values = await valuesOf(table, column, session)
    if (values.length > 1 && values.length <= mostValues) choices.push({dimension, title, values})
  }
  return choices
}

async function valuesOf(table: string, column: string, session: DataSession): Promise<readonly string[]> {
  const name = quoted(column)
  const rows = await session.query(
    `SELECT CAST(${name} AS VARCHAR) AS value FROM ${quoted(table)} WHERE ${name} IS NOT NULL
    AND CAST(${name} AS VARCHAR) <> '' GROUP BY value ORDER BY count(*) DESC, value LIMIT ${mostValues + 1}`,
  )
  return rows.map(({value}) => String(value))
}
