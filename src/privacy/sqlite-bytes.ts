import {stat} from 'node:fs/promises'
import type {SqliteEngine} from '../store/sqlite-engine.ts'
import {countsInFile} from './byte-scan.ts'
import {type IdentifierSearch, total} from './identifier-search.ts'

/**
 * How often identifiers stand in the files of a SQLite database beyond the rows that are there: in free pages, in what
 * pages keep of rows that moved, in the write-ahead log. A row may hold one lawfully (it is kept, or another tenant's):
 * every cell is counted as often as the file has it, once in its table and once in each index on its column.
 * Undefined where another process keeps the log from being emptied.
 */
export async function unexplainedOccurrences(
  engine: SqliteEngine,
  search: IdentifierSearch,
  signal?: AbortSignal,
): Promise<number | undefined> {
  if (!(await engine.emptyLog(signal)).complete) return undefined
  const {size = 0} = await stat(`${engine.location}-wal`).catch(() => ({size: 0}))
  if (size > 0) return undefined
  const found = await countsInFile(engine.location, search)
  if (total(found) === 0) return 0
  // One by one: a value that pages cut in two is not seen in the file, and must not hide another.
  const explained = countsInRows(engine, search)
  return total(found.map((count, at) => Math.max(0, count - explained[at]!)))
}

function countsInRows({reader: {database}}: SqliteEngine, search: IdentifierSearch): number[] {
  const counts = search.counts('')
  const tables = database
    .prepare<[], {name: string; sql: string | null}>("select name, sql from sqlite_schema where type = 'table'")
    .all()
  for (const {name, sql} of tables) {
    if (sql === null || /^create virtual/i.test(sql)) continue
    const copies = copiesByColumn(database, name)
    // Numbers are not looked at: an integer is no text in the file.
    for (const row of database.prepare<[], Record<string, unknown>>(`select * from ${quoted(name)}`).iterate()) {
      for (const [column, value] of Object.entries(row)) {
        const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.isBuffer(value) ? value : undefined
        if (bytes === undefined) continue
        const times = copies.get(column) ?? 1
        for (const [at, count] of search.counts(bytes.toString('latin1')).entries()) counts[at]! += count * times
      }
    }
  }
  return counts
}

/** How often a column's value is in the file: in the table, and in each of its indexes on the column. */
function copiesByColumn(database: SqliteEngine['reader']['database'], table: string): ReadonlyMap<string, number> {
  const copies = new Map<string, number>()
  const rows = database
    .prepare<[string], {name: string | null}>(
      'select i.name as name from pragma_index_list(?) as l join pragma_index_info(l.name) as i',
    )
    .all(table)
  for (const {name} of rows) if (name !== null) copies.set(name, (copies.get(name) ?? 1) + 1)
  return copies
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
