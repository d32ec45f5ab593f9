import {closeSync, existsSync, fdatasync, mkdirSync, mkdtempSync, openSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import type BetterSqlite3 from 'better-sqlite3'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteQueryCompiler,
} from 'kysely'
import {CancelledError} from '../operation/errors.ts'
import type {Engine, Purge, Survival, TransactionOptions} from './engine.ts'
import {
  DatabaseBusyError,
  DatabaseReadOnlyError,
  databaseError,
  ForeignDatabaseError,
  StoreUsageError,
} from './errors.ts'
import {Lock} from './lock.ts'
import {SqliteConnection} from './sqlite-connection.ts'

type Sqlite = BetterSqlite3.Database
type SqliteConstructor = typeof BetterSqlite3

/** How long SQLite itself waits for a lock, in milliseconds, blocking the thread; longer waits are ours and do not block. */
const blockingWait = 50
const longestPause = 25
/** How long after a commit that does not wait for the disk it is brought there, in milliseconds. */
const flushDelay = 200

export interface SqliteEngineOptions {
  /** An absolute path, or `:memory:` for a private temporary database that vanishes on close. */
  readonly path: string
  readonly readonly: boolean
  /** How long a transaction waits for other writers, in milliseconds. */
  readonly busyTimeout: number
}

/**
 * SQLite in one process: one connection that writes, guarded by a lock, and one that only reads. Write-ahead logging
 * lets the reader see the last committed state while a unit of work is open, so a read never waits for a write.
 */
export class SqliteEngine implements Engine {
  readonly dialect = 'sqlite'
  readonly location: string
  readonly #Sqlite: SqliteConstructor
  readonly #options: SqliteEngineOptions
  readonly #temporary: string | undefined
  readonly #writing = new Lock()
  #reader: SqliteConnection | undefined
  #writer: SqliteConnection | undefined
  /** What the writer's commits survive as it is set now. */
  #survives: Survival = 'power-cut'
  #flush: NodeJS.Timeout | undefined
  #closed = false

  private constructor(Sqlite: SqliteConstructor, options: SqliteEngineOptions) {
    this.#Sqlite = Sqlite
    this.#options = options
    if (options.path === ':memory:') this.#temporary = mkdtempSync(join(tmpdir(), 'omni-'))
    this.location = this.#temporary === undefined ? options.path : join(this.#temporary, 'omni.db')
  }

  /** Loads the native module; opens no file yet. */
  static async load(options: SqliteEngineOptions): Promise<SqliteEngine> {
    const {default: Sqlite} = await import('better-sqlite3')
    return new SqliteEngine(Sqlite, options)
  }

  get exists(): boolean {
    return existsSync(this.location)
  }

  /** Makes the directory and an empty file, readable by its owner only: it will hold personal data. */
  create(): void {
    if (this.#options.readonly) {
      throw new DatabaseReadOnlyError(`There is no database at ${this.location}, and it was opened read-only`, {
        hint: 'run a command that writes first, for example `omni init`',
      })
    }
    try {
      mkdirSync(dirname(this.location), {recursive: true, mode: 0o700})
      closeSync(openSync(this.location, 'a', 0o600))
    } catch (error) {
      throw databaseError(error, this.location)
    }
  }

  async acquireReader(): Promise<DatabaseConnection> {
    return this.reader
  }

  releaseReader(): void {}

  /** The connection that only reads, opened on first use. */
  get reader(): SqliteConnection {
    this.#assertOpen()
    this.#reader ??= new SqliteConnection(this.#openReader(), this.location)
    return this.#reader
  }

  /** The connection that writes, opened on first use. Only for use inside `transaction`, and for pragmas. */
  get writer(): SqliteConnection {
    this.#assertOpen()
    this.#writer ??= new SqliteConnection(this.#openWriter(), this.location)
    return this.#writer
  }

  async transaction<T>(
    work: (connection: DatabaseConnection) => Promise<T>,
    {signal, survives = 'power-cut'}: TransactionOptions = {},
  ): Promise<T> {
    if (this.#options.readonly) {
      throw new DatabaseReadOnlyError(`The database ${this.location} was opened read-only`)
    }
    const release = await this.#turn(signal)
    try {
      const {writer} = this
      this.#commitSo(survives)
      await this.#patiently(() => writer.query('begin immediate'), signal)
      try {
        const result = await work(writer)
        writer.query('commit')
        if (survives === 'process-end') this.#flushSoon()
        return result
      } catch (error) {
        // SQLite rolls back by itself on some errors, a full disk among them.
        if (writer.inTransaction) writer.execute('rollback')
        throw error
      }
    } finally {
      release()
    }
  }

  readNow<R>(query: CompiledQuery): QueryResult<R> {
    return this.reader.query<R>(query.sql, query.parameters)
  }

  /** As seen from the connection that reads, the one that writes is another (https://sqlite.org/pragma.html#pragma_data_version). */
  version(): number {
    return this.reader.dataVersion()
  }

  /**
   * Turns an empty file into a database of ours, in write-ahead mode. Two processes may do it at once: the other one may
   * have begun with its tables already.
   * @param own the name of a table that no other program has
   * @throws ForeignDatabaseError if the file holds tables, and not this one
   */
  async initialise(own: string): Promise<void> {
    const {rows} = this.reader.query<{name: string}>('select name from sqlite_schema')
    if (rows.length > 0 && !rows.some(({name}) => name === own)) {
      throw new ForeignDatabaseError(`${this.location} is a database of another program: it has ${rows[0]?.name}`, {
        hint: 'name a file that does not exist yet',
      })
    }
    await this.#patiently(() => this.writer.query('pragma journal_mode = wal'))
  }

  /**
   * SQLite marks what is deleted as free and leaves its bytes there; with `secure_delete` it still leaves copies of rows
   * that it had moved between pages. VACUUM writes every row that is left into new pages, and these over all old ones
   * (https://www.sqlite.org/lang_vacuum.html); a checkpoint that truncates empties the write-ahead log
   * (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint). The segments of a full-text index keep deleted words
   * until they are merged into one (https://www.sqlite.org/fts5.html#the_optimize_command).
   */
  async purge(_tables: readonly string[], signal?: AbortSignal): Promise<Purge> {
    const release = await this.#turn(signal)
    try {
      const {writer} = this
      const indexes = writer.query<{name: string}>(
        "select name from sqlite_schema where type = 'table' and sql like '%using fts5%'",
      )
      for (const {name} of indexes.rows) {
        const quoted = `"${name.replaceAll('"', '""')}"`
        await this.#patiently(() => writer.execute(`insert into ${quoted}(${quoted}) values ('optimize')`), signal)
      }
      await this.#patiently(() => writer.execute('vacuum'), signal)
      return await this.#truncateLog(signal)
    } finally {
      release()
    }
  }

  /** Moves all of the log into the file. Another process that reads an older state keeps it from that, and is waited for. */
  async emptyLog(signal?: AbortSignal): Promise<Purge> {
    const release = await this.#turn(signal)
    try {
      return await this.#truncateLog(signal)
    } finally {
      release()
    }
  }

  async #truncateLog(signal?: AbortSignal): Promise<Purge> {
    const giveUp = performance.now() + this.#options.busyTimeout
    for (let pause = 1; ; pause = Math.min(pause * 2, longestPause)) {
      if (signal?.aborted) throw new CancelledError()
      const [row] = this.writer.query<{busy: bigint}>('pragma wal_checkpoint(truncate)').rows
      if (Number(row?.busy ?? 0) === 0) return {complete: true}
      if (performance.now() > giveUp) {
        return {complete: false, message: `another process keeps reading an older state of ${this.location}`}
      }
      await delay(pause)
    }
  }

  /** Forgets prepared statements after the schema changed. */
  forgetStatements(): void {
    this.#reader?.forgetStatements()
    this.#writer?.forgetStatements()
  }

  adapter(): DialectAdapter {
    return new ConcurrentSqliteAdapter()
  }

  compiler(): QueryCompiler {
    return new SqliteQueryCompiler()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    // An open unit of work ends first.
    const release = await this.#writing.acquire()
    this.#closed = true
    clearTimeout(this.#flush)
    this.#reader?.close()
    this.#writer?.close()
    release()
    if (this.#temporary !== undefined) rmSync(this.#temporary, {recursive: true, force: true})
  }

  /** Waits for the other units of this process, no longer than for those of others. */
  async #turn(signal?: AbortSignal): Promise<() => void> {
    const atOnce = this.#writing.tryAcquire()
    if (atOnce) return atOnce
    const patience = AbortSignal.timeout(this.#options.busyTimeout)
    try {
      return await this.#writing.acquire(signal === undefined ? patience : AbortSignal.any([signal, patience]))
    } catch (error) {
      if (signal?.aborted) throw new CancelledError()
      throw new DatabaseBusyError(`Another unit of work of this process kept ${this.location} locked`, {
        hint: 'a unit must be short: call the network and the model before it',
        cause: error,
      })
    }
  }

  /** Waits for other processes without blocking the event loop, as `busy_timeout` alone would. */
  async #patiently<T>(attempt: () => T, signal?: AbortSignal): Promise<T> {
    const giveUp = performance.now() + this.#options.busyTimeout
    for (let pause = 1; ; pause = Math.min(pause * 2, longestPause)) {
      if (signal?.aborted) throw new CancelledError()
      try {
        return attempt()
      } catch (error) {
        if (!(error instanceof DatabaseBusyError) || performance.now() > giveUp) throw error
      }
      await delay(pause)
    }
  }

  #openReader(): Sqlite {
    return this.#open(sqlite => {
      sqlite.pragma('query_only = on')
    })
  }

  #openWriter(): Sqlite {
    return this.#open(sqlite => {
      sqlite.pragma(`busy_timeout = ${blockingWait}`)
      // better-sqlite3 is compiled with NORMAL for write-ahead logging, which may lose the last commits in a power cut.
      sqlite.pragma('synchronous = full')
      // Copying the log into the database waits for the disk twice. By default that comes every 1,000 pages, which is
      // after some hundred small transactions; the log grows to 16 MB so.
      sqlite.pragma('wal_autocheckpoint = 4000')
      sqlite.pragma('foreign_keys = on')
    })
  }

  #open(prepare: (sqlite: Sqlite) => void): Sqlite {
    const Sqlite = this.#Sqlite
    try {
      const sqlite = new Sqlite(this.location, {
        fileMustExist: true,
        readonly: this.#options.readonly,
        timeout: this.#options.busyTimeout,
      })
      try {
        // As PostgreSQL's LIKE is. The pragma is deprecated in name only: it has no successor.
        sqlite.pragma('case_sensitive_like = on')
        prepare(sqlite)
        return sqlite
      } catch (error) {
        sqlite.close()
        throw error
      }
    } catch (error) {
      throw databaseError(missingDirectory(error), this.location)
    }
  }

  /**
   * With NORMAL, a commit in write-ahead mode hands its pages to the system and does not wait for the disk: they survive
   * the process, and consistency survives all (https://sqlite.org/pragma.html#pragma_synchronous).
   */
  #commitSo(survives: Survival): void {
    if (this.#survives === survives) return
    this.writer.execute(`pragma synchronous = ${survives === 'power-cut' ? 'full' : 'normal'}`)
    this.#survives = survives
  }

  /** Brings to the disk, in a thread of its own, what was committed without waiting for it. */
  #flushSoon(): void {
    this.#flush ??= setTimeout(() => {
      this.#flush = undefined
      // Where it fails, or the last connection has put the log away, the next commit that waits for the disk tells.
      synchronised(`${this.location}-wal`).catch(() => undefined)
    }, flushDelay).unref()
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreUsageError('The store is closed')
  }
}

/** SQLite locks its index and never its log, so that opening and closing that takes no lock away from it. */
async function synchronised(log: string): Promise<void> {
  const {promise, resolve, reject} = Promise.withResolvers<void>()
  const file = openSync(log, 'r+')
  fdatasync(file, error => (error ? reject(error) : resolve()))
  await promise.finally(() => closeSync(file))
}

/** better-sqlite3 reports a missing directory as a TypeError without a code. */
function missingDirectory(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error
  return Object.assign(new Error(error.message, {cause: error}), {code: 'SQLITE_CANTOPEN'})
}

/** The readers and the writer are separate connections: Kysely need not queue the queries itself. */
class ConcurrentSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}
