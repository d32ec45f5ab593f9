/**
 * Rows as CSV (RFC 4180) with a header of all their fields. Text that a spreadsheet would run as a formula gets a quote before it
 * (OWASP, CSV Injection).
 */
export function delimitedRows(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const lines = [columns.map(quoted), ...rows.map(row => columns.map(column => quoted(cellOf(row[column]))))]
  return lines.map(cells => `${cells.join(',')}\r\n`).join('')
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
