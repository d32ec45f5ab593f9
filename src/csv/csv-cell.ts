/**
 * RFC 4180, with a quote before a leading `= + - @`, tab or carriage return of text, which a spreadsheet would run
 * as a formula (OWASP, CSV Injection). Numbers stay numbers.
 */
export function quoteCsv(cell: string): string {
  const guarded = /^[=+\-@\t\r]/.test(cell) && !/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
