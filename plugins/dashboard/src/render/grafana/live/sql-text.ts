import {quoted} from '../../../data/quote.ts'

/**
 * Grafana looks for `$name`, `${name}` and `[[name]]` in a query before PostgreSQL sees it, wherever they stand
 * (public/app/features/variables/utils.ts, `variableRegex`; pkg/tsdb/grafana-postgresql-datasource/macros.go).
 */
const meansSomethingToGrafana = /[$[]/

/** A text as SQL. What Grafana or an escape would change is written by its code, so that it arrives as it is. */
export function literal(text: string): string {
  if (!meansSomethingToGrafana.test(text) && !text.includes('\\')) return `'${text.replaceAll("'", "''")}'`
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('$', '\\x24').replaceAll('[', '\\x5b')
  return `E'${escaped}'`
}

/** A name as SQL, which arrives as it is too. */
export function identifier(name: string): string {
  if (!meansSomethingToGrafana.test(name)) return quoted(name)
  return `U&${quoted(name.replaceAll('\\', '\\\\').replaceAll('$', '\\0024').replaceAll('[', '\\005b'))}`
}
