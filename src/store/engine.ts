import {
  type CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  Kysely,
  type KyselyPlugin,
  type QueryCompiler,
  type QueryResult,
} from 'kysely'
import {StoreUsageError} from './errors.ts'

export type DialectName = 'sqlite' | 'postgres'

/** What a commit survives once it has returned. */
export type Survival = 'power-cut' | 'process-end'

export interface TransactionOptions {
  readonly signal?: AbortSignal | undefined
  /** `power-cut` where it is not given. */
  readonly survives?: Survival
}

/** What the store needs of a database: a way to read, and a transaction that is alone in writing what it writes. */
export interface Engine {
  readonly dialect: DialectName
  /** The database in words: a path, or host, port and name; never a password. */
  readonly location: string
  acquireReader(): Promise<DatabaseConnection>
  releaseReader(connection: DatabaseConnection): void
  /**
   * Runs the work in one transaction, committed when it returns and rolled back when it throws. On SQLite it begins
   * with `BEGIN IMMEDIATE`: it waits for other writers first, and never fails in the middle because of one.
   */
  transaction<T>(work: (connection: DatabaseConnection) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** Runs a query that reads without waiting for anything, where the database is in this process. */
  readNow?<R>(query: CompiledQuery): QueryResult<R>
  /** Another number once anything was committed, where that is known without asking over a network. */
  version?(): number
  /**
   * Sees to it that nothing of what was ever deleted or changed in tables is left in their files, which are written
   * anew. Not within a transaction.
   */
  purge(tables: readonly string[], signal?: AbortSignal): Promise<Purge>
  adapter(): DialectAdapter
  compiler(): QueryCompiler
  close(): Promise<void>
}

/** Whether nothing of deleted rows is left in the database's own files; if not, or as far as nobody can tell, why. */
export interface Purge {
  readonly complete: boolean
  readonly message?: string
}

/** A Kysely over one connection of the engine: the given one (a transaction's), or a reader for each query. */
export function kyselyOver<DB>(
  engine: Engine,
  connection?: DatabaseConnection,
  plugins: readonly KyselyPlugin[] = [],
  guard?: (connection: DatabaseConnection) => DatabaseConnection,
): Kysely<DB> {
  const driver =
    connection === undefined ? new ReaderDriver(engine, guard) : new BoundDriver(guard?.(connection) ?? connection)
  return new Kysely<DB>({
    dialect: {
      createAdapter: () => engine.adapter(),
      createDriver: () => driver,
      createQueryCompiler: () => engine.compiler(),
      createIntrospector: () => {
        throw new StoreUsageError('Introspection goes through readRealSchema')
      },
    },
    plugins: [...plugins],
  })
}

/** Transactions belong to units of work: a Kysely of ours never begins one by itself. */
abstract class QueryOnlyDriver implements Driver {
  abstract acquireConnection(): Promise<DatabaseConnection>
  abstract releaseConnection(connection: DatabaseConnection): Promise<void>

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}

  async beginTransaction(): Promise<void> {
    throw new StoreUsageError('A transaction begins with store.unit()')
  }

  async commitTransaction(): Promise<void> {
    throw new StoreUsageError('A transaction ends with its unit')
  }

  async rollbackTransaction(): Promise<void> {
    throw new StoreUsageError('A transaction ends with its unit')
  }
}

class BoundDriver extends QueryOnlyDriver {
  readonly #connection: DatabaseConnection

  constructor(connection: DatabaseConnection) {
    super()
    this.#connection = connection
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async releaseConnection(): Promise<void> {}
}

class ReaderDriver extends QueryOnlyDriver {
  readonly #engine: Engine
  readonly #guard: ((connection: DatabaseConnection) => DatabaseConnection) | undefined
  readonly #guarded = new WeakMap<DatabaseConnection, DatabaseConnection>()

  constructor(engine: Engine, guard?: (connection: DatabaseConnection) => DatabaseConnection) {
    super()
    this.#engine = engine
    this.#guard = guard
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await this.#engine.acquireReader()
    if (this.#guard === undefined) return connection
    const guarded = this.#guard(connection)
    this.#guarded.set(guarded, connection)
    return guarded
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#engine.releaseReader(this.#guarded.get(connection) ?? connection)
  }
}

/** An open stream would hold a connection for as long as its reader likes; page by key instead. */
export function streamRefused(): StoreUsageError {
  return new StoreUsageError('Rows are not streamed: read pages with a condition on the key and a limit')
}
