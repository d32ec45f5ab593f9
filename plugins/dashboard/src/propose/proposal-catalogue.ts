import type {Catalogue, Dimension, Metric} from '../catalogue/catalogue.ts'

/**
 * A type's catalogue as it was found in the data, with what a draft of the data has beside it: a column that the type
 * does not know can be asked for too. What the type says of a column holds.
 */
export function withDraft(found: Catalogue, draft: Catalogue): Catalogue {
  const metrics: Record<string, Metric> = {...found.metrics}
  const dimensions: Record<string, Dimension> = {...found.dimensions}
  for (const [name, metric] of Object.entries(draft.metrics)) {
    if (addsTo(found, metric)) metrics[free(name, metrics)] = metric
  }
  const told = Object.values(found.dimensions)
  for (const [name, dimension] of Object.entries(draft.dimensions)) {
    const isThere = told.some(({table, column}) => table === dimension.table && column === dimension.column)
    if (!isThere) dimensions[free(name, dimensions)] = dimension
  }
  const tables = Object.entries(draft.tables).map(([name, table]) => {
    const known = found.tables[name]
    return [name, known === undefined ? table : {...known, measures: {...table.measures, ...known.measures}}] as const
  })
  return {version: 1, tables: {...found.tables, ...Object.fromEntries(tables)}, metrics, dimensions}
}

/** Rows and balances of a table that the type knows need the key that the type names. */
function addsTo({tables, metrics}: Catalogue, metric: Metric): boolean {
  if (metric.kind === 'ratio') return false
  const known = tables[metric.table]
  if (known === undefined) return true
  if (metric.kind === 'count' || metric.kind === 'balance' || known.measures[metric.column] !== undefined) return false
  return !Object.values(metrics).some(
    each =>
      each.kind !== 'ratio' && each.kind !== 'count' && each.table === metric.table && each.column === metric.column,
  )
}

function free(name: string, taken: Readonly<Record<string, unknown>>): string {
  for (let number = 1; ; number += 1) {
    const each = number === 1 ? name : `${name.slice(0, 58)}_${number}`
    if (!Object.hasOwn(taken, each)) return each
  }
}
