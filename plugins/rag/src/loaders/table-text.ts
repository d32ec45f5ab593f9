/** One row of a table as text: `| a | b |`. Cells are one line each; a `|` in one is escaped. */
export function rowText(cells: readonly string[]): string {
  return `| ${cells
    .map(cell =>
      cell
        .replace(/\s*\n\s*/g, ' ')
        .trim()
        .replaceAll('|', '\\|'),
    )
    .join(' | ')} |`
}

/** A table as text, with a line under its header where it has one. */
export function tableText(rows: readonly (readonly string[])[], hasHeader: boolean): string {
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0)
  const lines = rows.map(row => rowText(Array.from({length: columns}, (_, column) => row[column] ?? '')))
  if (hasHeader) lines.splice(1, 0, `|${' --- |'.repeat(columns)}`)
  return lines.join('\n')
}
