import {looksLikeHeader} from './delimited.ts'
import {rowText} from './table-text.ts'
import type {TextBuilder} from './text-builder.ts'

/**
 * Adds the rows of a sheet, which may be sparse arrays. Empty rows part the tables of a sheet; of each table only the columns with content are
 * written. Single cells above a table are its caption, and its first row is its header if it looks like one.
 */
export function addSheetRows(builder: TextBuilder, rows: Iterable<readonly string[]>): void {
  let region: (readonly string[])[] = []
  for (const row of rows) {
    if (row.some(cell => cell !== '')) region.push(row)
    else {
      addRegion(builder, region)
      region = []
    }
  }
  addRegion(builder, region)
}

function addRegion(builder: TextBuilder, region: readonly (readonly string[])[]): void {
  const columns = usedColumns(region)
  const first = region.findIndex(row => row.filter(cell => cell !== '').length > 1)
  const captions = first === -1 ? region : region.slice(0, first)
  for (const row of captions) builder.add('paragraph', row.filter(cell => cell !== '').join(' '))
  if (first === -1) return
  const header = region[first]!
  const isHeader =
    region.length > first + 1 &&
    looksLikeHeader(columns.map(column => header[column] ?? '').filter(cell => cell !== ''))
  for (const [index, row] of region.slice(first).entries()) {
    builder.addRow(rowText(columns.map(column => row[column] ?? '')), index === 0 && isHeader)
  }
}

function usedColumns(region: readonly (readonly string[])[]): number[] {
  const used = new Set<number>()
  for (const row of region) {
    for (const [column, cell] of Object.entries(row)) if (cell !== '') used.add(Number(column))
  }
  return [...used].toSorted((one, other) => one - other)
}
