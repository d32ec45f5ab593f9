import {
  type CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  PostgresAdapter,
  PostgresQueryCompiler,
  type QueryCompiler,
  type QueryResult,
} from 'kysely'
import type pg from 'pg'
import {CancelledError} from '../operation/errors.ts'
import {type Engine, type Purge, streamRefused, type TransactionOptions} from './engine.ts'
import {DatabaseBusyError, DatabaseUnavailableError, databaseError, StoreUsageError} from './errors.ts'
import {Lock} from './lock.ts'
import {boundValue} from './value.ts'

/** Type identifiers of PostgreSQL's catalog (src/include/catalog/pg_type.dat). */
const typeId = {int2: 21, int4: 23, int8: 20, numeric: 1700, timestamp: 1114, timestamptz: 1184, date: 1082} as const

const text = (value: string): string => value

/** How a value arrives, where it differs from pg's own choice. */
const parsers: Readonly<Record<number, (value: string) => unknown>> = {
  [typeId.int8]: BigInt,
  // Only the results of sum() and avg() are numeric: a sum of integers has no point, an average has one.
  [typeId.numeric]: value => (/^-?\d+$/.test(value) ? BigInt(value) : Number(value)),
  [typeId.date]: text,
  [typeId.timestamp]: text,
  [typeId.timestamptz]: text,
}

export interface PostgresEngineOptions {
  readonly url: string
  readonly readonly: boolean
  /** How long to wait for a connection and for locks, in milliseconds. */
  readonly busyTimeout: number
  /** Settings of the pool that replace those of the address, for tests that bring their own stream. */
  readonly pool?: Partial<pg.PoolConfig>
}

/**
 * PostgreSQL through two pools: one for units of work, one for reads. With one pool, units that wait for each other
 * could hold all its connections while the unit they wait for needs one more to read.
 */
export class PostgresEngine implements Engine {
  readonly dialect = 'postgres'
  readonly location: string
  readonly #units: pg.Pool
  readonly #readers: pg.Pool
  readonly #readonly: boolean
  #closed = false

  private constructor(units: pg.Pool, readers: pg.Pool, options: PostgresEngineOptions) {
    this.#units = units
    this.#readers = readers
    this.#readonly = options.readonly
    this.location = withoutPassword(options.url)
  }

  /** Loads the driver; connects on first use. */
  static async load(options: PostgresEngineOptions): Promise<PostgresEngine> {
    const {default: driver} = await import('pg')
    const settings = poolSettings(options, driver.types)
    const [units, readers] = [new driver.Pool(settings), new driver.Pool(settings)]
    // A connection that breaks while it is idle is replaced by the pool; without a listener it would end the process.
    for (const pool of [units, readers]) pool.on('error', () => {})
    return new PostgresEngine(units, readers, options)
  }

  async acquireReader(): Promise<DatabaseConnection> {
    return this.#acquire(this.#readers)
  }

  releaseReader(connection: DatabaseConnection): void {
    if (connection instanceof PostgresConnection) connection.release()
  }

  async transaction<T>(
    work: (connection: DatabaseConnection) => Promise<T>,
    {signal, survives = 'power-cut'}: TransactionOptions = {},
  ): Promise<T> {
    if (signal?.aborted) throw new CancelledError()
    const connection = await this.#acquire(this.#units)
    try {
      await connection.query(this.#readonly ? 'begin read only' : 'begin')
      // https://www.postgresql.org/docs/current/wal-async-commit.html: on the disk within three times wal_writer_delay.
      if (survives === 'process-end') await connection.query('set local synchronous_commit = off')
      const result = await work(connection)
      const {command} = await connection.query('commit')
      // PostgreSQL answers COMMIT with ROLLBACK where a statement had failed before.
      if (command !== 'COMMIT') throw new StoreUsageError('A failed query was ignored; the transaction was rolled back')
      connection.release()
      return result
    } catch (error) {
      await rollback(connection)
      throw error
    }
  }

  /**
   * Dead rows stay in a table's pages, also after VACUUM, until something is written over them; VACUUM FULL writes the
   * rows that are left into a new file and deletes the old one, with its indexes and its oversized values
   * (https://www.postgresql.org/docs/current/sql-vacuum.html). It locks each table for as long as that takes. The
   * server's write-ahead log, its archive, its replicas and its backups are its operator's.
   */
  async purge(tables: readonly string[]): Promise<Purge> {
    const connection = await this.#acquire(this.#readers)
    try {
      for (const table of tables) {
        const before = await fileOf(connection, table)
        await connection.query(`vacuum (full) ${quoted(table)}`)
        // Whoever does not own the table gets a warning, and nothing is done.
        if ((await fileOf(connection, table)) === before) {
          return {complete: false, message: `only its owner may have ${table} written anew`}
        }
      }
      return {complete: true, message: "PostgreSQL's write-ahead log, archive, replicas and backups are its operator's"}
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error
      return {complete: false, message: `the tables could not be written anew: ${(error as Error).message}`}
    } finally {
      connection.release()
    }
  }

  adapter(): DialectAdapter {
    return new PostgresAdapter()
  }

  compiler(): QueryCompiler {
    return new PostgresQueryCompiler()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.all([this.#units.end(), this.#readers.end()])
  }

  async #acquire(pool: pg.Pool): Promise<PostgresConnection> {
    if (this.#closed) throw new StoreUsageError('The store is closed')
    try {
      return new PostgresConnection(await pool.connect(), this.location)
    } catch (error) {
      throw databaseError(connectionTimeout(error, this.location), this.location)
    }
  }
}

function poolSettings(options: PostgresEngineOptions, types: typeof pg.types): pg.PoolConfig {
  return {
    connectionString: options.url,
    application_name: 'omni',
    max: 8,
    connectionTimeoutMillis: options.busyTimeout,
    lock_timeout: options.busyTimeout,
    idleTimeoutMillis: 10_000,
    allowExitOnIdle: true,
    types: {
      getTypeParser: (id: number, format?: 'text' | 'binary') =>
        parsers[id] ?? types.getTypeParser(id, format as 'text'),
    } as pg.CustomTypesConfig,
    ...options.pool,
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

async function fileOf(connection: PostgresConnection, table: string): Promise<string | undefined> {
  const {rows} = await connection.query<{path: string}>('select pg_relation_filepath($1::regclass) as path', [
    quoted(table),
  ])
  return rows[0]?.path
}

/** pg-pool reports a pool without a free connection, and one that did not come about in time, as an Error without a code. */
function connectionTimeout(error: unknown, location: string): unknown {
  if (
    !(error instanceof Error) ||
    !/timeout exceeded when trying to connect|due to connection timeout/.test(error.message)
  )
    return error
  return new DatabaseBusyError(`No connection to ${location} became free in time`, {
    hint: 'check that the server answers, or run fewer commands at once',
    cause: error,
  })
}

async function rollback(connection: PostgresConnection): Promise<void> {
  try {
    await connection.query('rollback')
    connection.release()
  } catch (error) {
    // The connection is broken: the server rolls back by itself, and the pool must not hand it out again.
    connection.release(error)
  }
}

export class PostgresConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient
  readonly #location: string
  readonly #turn = new Lock()
  #lost: Error | undefined

  constructor(client: pg.PoolClient, location: string) {
    this.#client = client
    this.#location = location
    // Without a listener, a connection that breaks between two queries would end the process.
    client.on('error', this.#lose)
  }

  /** Runs one query; a client takes one at a time. */
  async query<R extends pg.QueryResultRow>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<pg.QueryResult<R>> {
    return this.#turn.run(async () => {
      try {
        return withBigintExpressions(await this.#client.query<R>(sql, parameters.map(boundValue)))
      } catch (error) {
        throw this.#lost === undefined
          ? databaseError(error, this.#location)
          : connectionLost(this.#lost, this.#location)
      }
    })
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const {rows, rowCount} = await this.query<pg.QueryResultRow>(query.sql, query.parameters)
    return {rows: rows as R[], numAffectedRows: BigInt(rowCount ?? 0)}
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw streamRefused()
  }

  release(error?: unknown): void {
    this.#client.off('error', this.#lose)
    const broken = this.#lost ?? error
    // The pool drops a client that is released with an error.
    this.#client.release(broken instanceof Error ? broken : broken !== undefined)
  }

  readonly #lose = (error: Error): void => {
    this.#lost ??= error
  }
}

function connectionLost(error: Error, location: string): DatabaseUnavailableError {
  return new DatabaseUnavailableError(`The connection to ${location} was lost: ${error.message}`, {
    hint: 'run it again; if it was lost while committing, look first whether it was done, or use an idempotency key',
    cause: error,
  })
}

/**
 * Makes integer expressions bigint, as they are on SQLite: `tableID` is 0 for a result column that is not simply a
 * column of a table (RowDescription in the protocol's message formats).
 */
function withBigintExpressions<R extends pg.QueryResultRow>(result: pg.QueryResult<R>): pg.QueryResult<R> {
  for (const {name, tableID, dataTypeID} of result.fields) {
    if (tableID !== 0 || (dataTypeID !== typeId.int4 && dataTypeID !== typeId.int2)) continue
    for (const row of result.rows as Record<string, unknown>[]) {
      if (typeof row[name] === 'number') row[name] = BigInt(row[name])
    }
  }
  return result
}

function withoutPassword(url: string): string {
  try {
    const {host, pathname} = new URL(url)
    return `postgres://${host}${pathname}`
  } catch {
    return 'postgres'
  }
}
