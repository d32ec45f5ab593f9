import {quoteCsv} from '../csv/csv-cell.ts'
import type {OutputFormat} from './flags.ts'
import type {Terminal} from './terminal.ts'

/** How rows are picked and shown; from the operation. */
export interface TableLayout {
  readonly rows?: string
  readonly columns?: readonly string[]
}

type Row = Readonly<Record<string, unknown>>

/** Prints a result in a form; without one, a table on a terminal and tab-separated values elsewhere. */
export async function printResult(
  result: unknown,
  format: OutputFormat | undefined,
  layout: TableLayout,
  terminal: Terminal,
): Promise<void> {
  const {stdout} = terminal
  switch (format ?? (stdout.isTerminal ? 'table' : 'tsv')) {
    case 'json':
      stdout.write(`${JSON.stringify(result, null, stdout.isTerminal ? 2 : undefined)}\n`)
      return
    case 'ndjson':
      for (const row of rowsOf(result, layout)) stdout.write(`${JSON.stringify(row)}\n`)
      return
    case 'yaml': {
      const yaml = await import('yaml')
      stdout.write(yaml.stringify(result))
      return
    }
    case 'csv':
      stdout.write(delimited(result, layout, ',', true))
      return
    case 'tsv':
      stdout.write(delimited(result, layout, '\t', false))
      return
    case 'table': {
      const {renderTable} = await import('./table.ts')
      const rows = rowsOf(result, layout)
      if (rows.length > 0) stdout.write(`${renderTable(rows, columnsOf(rows, layout), terminal)}\n`)
    }
  }
}

export function rowsOf(result: unknown, layout: TableLayout): readonly Row[] {
  const rows = layout.rows === undefined ? result : (result as Row)[layout.rows]
  return (Array.isArray(rows) ? rows : [rows]).map(row =>
    typeof row === 'object' && row !== null ? row : {value: row},
  )
}

export function columnsOf(rows: readonly Row[], layout: TableLayout): readonly string[] {
  return layout.columns ?? [...new Set(rows.flatMap(row => Object.keys(row)))]
}

/** The value at a dotted path; undefined where it ends early. */
export function valueAt(row: Row, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Row | undefined | null)?.[key], row)
}

/** A value as one cell of text, in full: nothing for null and undefined, JSON for structures. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function delimited(result: unknown, layout: TableLayout, separator: ',' | '\t', header: boolean): string {
  const rows = rowsOf(result, layout)
  const columns = columnsOf(rows, layout)
  const quote = separator === ',' ? quoteCsv : escapeTsv
  const lines = rows.map(row => columns.map(column => quote(cellText(valueAt(row, column)))).join(separator))
  if (header) lines.unshift(columns.map(quote).join(separator))
  const end = separator === ',' ? '\r\n' : '\n'
  return lines.map(line => line + end).join('')
}

/** One line per row whatever the value: tab, line feed, carriage return and backslash become `\t \n \r \\`. */
export function escapeTsv(cell: string): string {
  return cell.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
}
