import type BetterSqlite3 from 'better-sqlite3'
import {CancelledError} from '@omni-ops/core/operation'
import {UnreadableFileError} from './file-kind.ts'
import type {PlacedText, Unread} from './placed-text.ts'
import {binaryText, type ColumnEntry, quoted, rowidName, type TableEntry} from './sqlite-schema.ts'

/** Rows between two looks at whether somebody cancelled. */
const rowsBetweenLooks = 500

export interface SqliteTextsOptions {
  readonly name: string
  readonly signal: AbortSignal
  readonly unread: Unread
}

/**
 * The values of a SQLite database, row by row, with the key of their row. The file is opened for reading alone. Views and virtual tables
 * are left out, for what they show lies in tables that are read, those of full-text indices too; of binary values those that are
 * text are read. What was deleted and not overwritten is not seen.
 *
 * @param database A path, or the content of one.
 * @throws UnreadableFileError, CancelledError
 */
export async function* sqliteTexts(database: string | Buffer, options: SqliteTextsOptions): AsyncIterable<PlacedText> {
  const {default: Sqlite} = await import('better-sqlite3')
  let opened: BetterSqlite3.Database | undefined
  try {
    opened =
      typeof database === 'string'
        ? new Sqlite(database, {readonly: true, fileMustExist: true})
        : new Sqlite(withoutWriteAheadLog(database))
    opened.defaultSafeIntegers(true)
    // The schema is not ours: it may call no function that has an effect (sqlite.org/security.html).
    opened.pragma('trusted_schema = OFF')
    opened.pragma('cell_size_check = ON')
    const tables = opened.pragma('table_list') as TableEntry[]
    for (const table of tables.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (table.schema !== 'main' || table.name.startsWith('sqlite_')) continue
      if (table.type === 'table' || table.type === 'shadow') yield* tableTexts(opened, table, options)
    }
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error
    throw new UnreadableFileError(`${options.name} is no SQLite database that can be read: ${error.message}`, {
      hint: 'an encrypted database has to be exported first; a damaged one may be saved with .recover of sqlite3',
      cause: error,
    })
  } finally {
    opened?.close()
  }
}

/** A database in memory has no write-ahead log: bytes 18 and 19 say that it needs none (sqlite.org/fileformat2.html, 1.3.3). */
function withoutWriteAheadLog(content: Buffer): Buffer {
  const copy = Buffer.from(content)
  if (copy[18] === 2 && copy[19] === 2) copy.fill(1, 18, 20)
  return copy
}

function* tableTexts(
  database: BetterSqlite3.Database,
  table: TableEntry,
  {signal, unread}: SqliteTextsOptions,
): Generator<PlacedText> {
  const columns = database.pragma(`table_xinfo(${quoted(table.name)})`) as ColumnEntry[]
  const names = columns.map(column => column.name)
  const keys = columns.filter(column => column.pk > 0n).toSorted((a, b) => Number(a.pk - b.pk))
  const rowid = keys.length > 0 || table.wr !== 0n ? undefined : rowidName(names)
  const selected = [...(rowid === undefined ? [] : [rowid]), ...names.map(quoted)].join(', ')
  const statement = database.prepare<[], unknown[]>(`select ${selected} from ${quoted(table.name)}`).raw(true)
  const keyPlaces = keys.map(({name}) => [name, names.indexOf(name)] as const)
  const binary = new Map<string, number>()
  let left = rowsBetweenLooks
  for (const values of statement.iterate()) {
    if (--left === 0) {
      if (signal.aborted) throw new CancelledError()
      left = rowsBetweenLooks
    }
    const first = rowid === undefined ? 0 : 1
    const row =
      rowid === undefined
        ? Object.fromEntries(keyPlaces.map(([name, at]) => [name, keyText(values[at])]))
        : {[rowid]: String(values[0])}
    const place = {table: table.name, row}
    for (const [at, field] of names.entries()) {
      const value = values[first + at]
      if (value === null || typeof value === 'number') continue
      const text = Buffer.isBuffer(value) ? binaryText(value) : String(value)
      if (text === undefined) binary.set(field, (binary.get(field) ?? 0) + 1)
      else if (text !== '') yield {text, field, place}
    }
  }
  // The internals of a full-text index are binary by design; what they index is read.
  if (table.type === 'shadow') return
  for (const [field, count] of binary) unread(`${table.name}.${field}: ${count} binary values are not read`)
}

function keyText(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value)
}
