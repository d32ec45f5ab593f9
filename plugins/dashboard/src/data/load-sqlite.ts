import {basename} from 'node:path'
import type {DuckDBAppender} from '@duckdb/node-api'
import type {Database} from 'better-sqlite3'
import type {DataSession} from './data-session.ts'
import {UnreadableDataError} from './errors.ts'
import {quoted} from './quote.ts'
import {recogniseTimes} from './recognise-times.ts'

type ValueType = 'BIGINT' | 'DOUBLE' | 'VARCHAR'

/**
 * Copies every table of a SQLite database, which is opened for reading alone. DuckDB's own reader of SQLite is an
 * extension that is fetched from the network. A column is whole numbers, numbers or text, as all of its values are;
 * blobs are left out, as nothing is shown of them.
 */
export async function loadSqlite(file: string, session: DataSession): Promise<void> {
  const {default: Sqlite} = await import('better-sqlite3')
  let database: Database | undefined
  try {
    database = new Sqlite(file, {readonly: true, fileMustExist: true})
    database.defaultSafeIntegers(true)
    const tables = database
      .prepare<[], {name: string}>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
      )
      .all()
    for (const {name} of tables) await copyTable(database, name, session)
  } catch (error) {
    if ((error as {code?: string}).code?.startsWith('SQLITE_') !== true) throw error
    throw new UnreadableDataError(`${basename(file)} cannot be read as a SQLite database`, {cause: error})
  } finally {
    database?.close()
  }
}

async function copyTable(database: Database, table: string, session: DataSession): Promise<void> {
  const columns = database.prepare<[string], {name: string}>('SELECT name FROM pragma_table_info(?)').all(table)
  const typed = columns.flatMap(({name}) => {
    const type = valueType(database, table, name)
    return type === undefined ? [] : [{name, type}]
  })
  if (typed.length === 0) return
  const definition = typed.map(({name, type}) => `${quoted(name)} ${type}`).join(', ')
  await session.query(`CREATE TABLE ${quoted(table)} (${definition})`)
  const select = typed.map(({name}) => quoted(name)).join(', ')
  const rows = database.prepare<[], unknown[]>(`SELECT ${select} FROM ${quoted(table)}`).raw()
  await session.append(table, appender => {
    for (const row of rows.iterate()) {
      row.forEach((value, index) => append(appender, value, typed[index]!.type))
      appender.endRow()
    }
  })
  await recogniseTimes(table, session)
}

function valueType(database: Database, table: string, column: string): ValueType | undefined {
  const kinds = database
    .prepare<[], {kind: string}>(`SELECT DISTINCT typeof(${quoted(column)}) AS kind FROM ${quoted(table)}`)
    .all()
    .map(({kind}) => kind)
    .filter(kind => kind !== 'null')
  if (kinds.includes('blob')) return undefined
  if (kinds.includes('text') || kinds.length === 0) return 'VARCHAR'
  return kinds.includes('real') ? 'DOUBLE' : 'BIGINT'
}

function append(appender: DuckDBAppender, value: unknown, type: ValueType): void {
  if (value === null) appender.appendNull()
  else if (type === 'BIGINT') appender.appendBigInt(value as bigint)
  else if (type === 'DOUBLE') appender.appendDouble(Number(value))
  else appender.appendVarchar(String(value))
}
