/** A name as SQL: between double quotes, which are doubled inside (SQL:2023, delimited identifier). */
export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}
