import type {Catalogue} from './catalogue.ts'

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
