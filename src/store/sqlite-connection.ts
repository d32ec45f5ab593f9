import type BetterSqlite3 from 'better-sqlite3'
import type {CompiledQuery, DatabaseConnection, QueryResult} from 'kysely'
import {streamRefused} from './engine.ts'
import {databaseError} from './errors.ts'
import {type BoundValue, boundValue, safeNumber} from './value.ts'

type Sqlite = BetterSqlite3.Database

/** How many prepared statements one connection keeps; the least recently used one goes first. */
const statementCacheSize = 256

interface PreparedStatement {
  readonly statement: BetterSqlite3.Statement<unknown[], Record<string, unknown>>
  /** The columns whose stored form differs from the one we hand out. */
  readonly decoders: readonly (readonly [column: string, decode: (stored: unknown) => unknown])[]
}

/** A connection which prepares each statement once and decodes rows by the declared types of their columns. */
export class SqliteConnection implements DatabaseConnection {
  readonly database: Sqlite
  readonly #location: string
  readonly #statements = new Map<string, PreparedStatement>()
  /** Asked with every request of a server: the quickest way there is. */
  #dataVersion: BetterSqlite3.Statement | undefined

  constructor(database: Sqlite, location: string) {
    this.database = database
    this.#location = location
  }

  get inTransaction(): boolean {
    return this.database.inTransaction
  }

  /** Another number once another connection has committed. */
  dataVersion(): number {
    this.#dataVersion ??= this.database.prepare('pragma data_version').pluck()
    return this.#dataVersion.get() as number
  }

  /** Runs SQL without parameters or rows. */
  execute(sql: string): void {
    try {
      this.database.exec(sql)
    } catch (error) {
      throw databaseError(error, this.#location)
    }
  }

  /** Runs one query of ours; see `executeQuery` for those of Kysely. */
  query<R>(sql: string, parameters: readonly unknown[] = []): QueryResult<R> {
    try {
      const prepared = this.#prepare(sql)
      const bound = parameters.map(sqliteValue)
      if (prepared.statement.reader) return {rows: decoded<R>(prepared, prepared.statement.all(...bound))}
      const {changes} = prepared.statement.run(...bound)
      return {numAffectedRows: BigInt(changes), rows: []}
    } catch (error) {
      throw databaseError(error, this.#location)
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.query<R>(query.sql, query.parameters)
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw streamRefused()
  }

  /** Forgets the prepared statements, whose column types a migration may have changed. */
  forgetStatements(): void {
    this.#statements.clear()
  }

  close(): void {
    this.#statements.clear()
    this.database.close()
  }

  #prepare(sql: string): PreparedStatement {
    const known = this.#statements.get(sql)
    if (known !== undefined) {
      this.#statements.delete(sql)
      this.#statements.set(sql, known)
      return known
    }
    const prepared = prepare(this.database, sql)
    this.#statements.set(sql, prepared)
    if (this.#statements.size > statementCacheSize) {
      const oldest = this.#statements.keys().next().value
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    return prepared
  }
}

function prepare(database: Sqlite, sql: string): PreparedStatement {
  const statement = database.prepare<unknown[], Record<string, unknown>>(sql).safeIntegers(true)
  return {statement, decoders: statement.reader ? decodersOf(statement) : []}
}

function decodersOf(statement: BetterSqlite3.Statement): PreparedStatement['decoders'] {
  return statement.columns().flatMap(({name, type}) => {
    const decode = type === null ? undefined : decoderByDeclaredType[type.toLowerCase()]
    return decode === undefined ? [] : [[name, decode] as const]
  })
}

/** Declared types as `column-definition.ts` writes them. What is not here is handed out as SQLite stores it. */
const decoderByDeclaredType: Record<string, (stored: unknown) => unknown> = {
  integer: stored => (typeof stored === 'bigint' ? safeNumber(stored) : stored),
  boolean: stored => stored === 1n,
  json_text: stored => JSON.parse(stored as string),
}

function decoded<R>(prepared: PreparedStatement, rows: Record<string, unknown>[]): R[] {
  for (const [column, decode] of prepared.decoders) {
    for (const row of rows) {
      if (row[column] !== null) row[column] = decode(row[column])
    }
  }
  return rows as R[]
}

function sqliteValue(value: unknown): Exclude<BoundValue, boolean> {
  const bound = boundValue(value)
  if (typeof bound === 'boolean') return bound ? 1n : 0n
  // better-sqlite3 binds every number as a double, and a bigint plus a double is a double: money would be rounded.
  if (typeof bound === 'number' && Number.isSafeInteger(bound)) return BigInt(bound)
  return bound
}
