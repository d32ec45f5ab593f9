/**
 * A string as a literal of DataFusion's SQL (https://datafusion.apache.org/user-guide/sql/), which LanceDB's filters
 * are written in: quotes are doubled; there are no backslash escapes.
 * @throws RangeError for NUL, which the engine's parser does not carry.
 */
export function sqlString(value: string): string {
  if (value.includes('\0')) throw new RangeError('A filter value contains a NUL character')
  return `'${value.toWellFormed().replaceAll("'", "''")}'`
}

/** `column IN ('a', 'b')`; nothing matches an empty list. `column` is a name of our own schema, never of a user. */
export function sqlIn(column: string, values: readonly string[]): string {
  return values.length === 0 ? 'false' : `${column} IN (${values.map(sqlString).join(', ')})`
}
