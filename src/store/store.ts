import {dirname, isAbsolute, join} from 'node:path'
import type {Compilable} from 'kysely'
import type pg from 'pg'
import {AnchorFiles} from '../audit/anchor.ts'
import type {Clock, Logger} from '../operation/context.ts'
import {InvalidInputError} from '../operation/errors.ts'
import {backupSqlite} from './backup.ts'
import {type DialectName, type Engine, kyselyOver} from './engine.ts'
import {DatabaseReadOnlyError, StoreUsageError} from './errors.ts'
import {readHealth, type StoreHealth} from './health.ts'
import {kernelMigrations} from './kernel-migrations.ts'
import {
  declaredTables,
  type Migration,
  migrate,
  migrationsTable,
  migrationState,
  orderedMigrations,
  recordedMigrations,
} from './migration.ts'
import {type PreparedQuery, prepareQuery} from './prepared-query.ts'
import {SqliteEngine} from './sqlite-engine.ts'
import {registerSystem, type StoreSystem} from './system.ts'
import {type TableScopes, TenantPlugin} from './tenancy.ts'
import {type TenantReader, type TenantWriter, type Unit, type UnitContext, type UnitOptions, Units} from './unit.ts'

export interface OpenStoreOptions {
  /** `sqlite:/absolute/file`, `sqlite::memory:` (temporary, private) or `postgres://user:password@host/name`. */
  readonly url: string
  /** Of all plugins; the kernel's own are added. */
  readonly migrations: readonly Migration[]
  readonly clock: Clock
  readonly log: Logger
  /** Where a SQLite database is copied to before a migration; `backups` beside it by default. */
  readonly backupDirectory?: string
  /** Where the heads of the audit chains are kept; for SQLite a directory beside the database by default. */
  readonly anchorDirectory?: string
  /** Opens a database that must exist and be up to date, and never writes. */
  readonly readonly?: boolean
  /** How long to wait for other writers, in milliseconds. */
  readonly busyTimeout?: number
  /** The version of the program, for the record of migrations. */
  readonly version?: string
  /** Settings for the PostgreSQL pool besides the address. */
  readonly pool?: Partial<pg.PoolConfig>
}

const defaultBusyTimeout = 10_000

/**
 * Opens the database of one profile and brings it up to date. An up-to-date database costs one query.
 *
 * @throws InvalidInputError for an address of neither kind
 * @throws NewerDatabaseError, ForeignDatabaseError, MigrationError, BackupError: the database was left as it was
 * @throws DatabaseUnavailableError, DatabaseReadOnlyError, DatabaseBusyError, DatabaseCorruptError, StorageFullError
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const migrations = orderedMigrations([...kernelMigrations, ...options.migrations])
  const engine = await loadEngine(options)
  try {
    await bringUpToDate(engine, migrations, options)
  } catch (error) {
    await engine.close()
    throw error
  }
  return new Store({
    engine,
    database: kyselyOver(engine),
    migrations,
    clock: options.clock,
    log: options.log,
    anchors: anchorFiles(engine, options),
  })
}

/**
 * The rows of one profile: reads and units of work, each for one tenant. Close it when done; an open unit is waited for.
 */
export class Store implements AsyncDisposable {
  readonly dialect: DialectName
  /** The database in words, without a password. */
  readonly location: string
  readonly #system: StoreSystem
  readonly #tables: TableScopes
  readonly #units: Units

  constructor(system: StoreSystem) {
    this.#system = system
    this.dialect = system.engine.dialect
    this.location = system.engine.location
    this.#tables = declaredTables(system.migrations)
    this.#units = new Units(system.engine, this.#tables)
    registerSystem(this, system)
  }

  /** Queries on a tenant's rows as they were last committed. They cannot write and never wait for a unit. */
  read<DB>(tenant: string): TenantReader<DB> {
    assertTenant(tenant)
    const tenancy = new TenantPlugin(tenant, this.#tables, false)
    return kyselyOver<DB>(this.#system.engine, undefined, [tenancy], connection => tenancy.confined(connection))
  }

  /**
   * Builds a query once for many runs, by `find` or `Unit.run`: for what every request asks, as building takes longer
   * than the answer.
   *
   * @param names of the values that differ from run to run; the query gets a place for each
   * @throws TenantIsolationError as the query itself would
   */
  prepare<DB, Values extends object, Row>(
    names: readonly (string & keyof Values)[],
    build: (database: TenantWriter<DB>, values: Values) => Compilable<Row>,
  ): PreparedQuery<Values, Row> {
    return prepareQuery(this.#system.engine, this.#tables, names, build)
  }

  /** Rows of a prepared query that reads, as they were last committed. @throws StoreUsageError for one that writes */
  async find<Values extends object, Row>(
    query: PreparedQuery<Values, Row>,
    tenant: string,
    values: Values,
  ): Promise<readonly Row[]> {
    assertTenant(tenant)
    if (query.writes) throw new StoreUsageError('A query that writes runs in a unit of work')
    const {engine} = this.#system
    if (engine.readNow) return engine.readNow<Row>(query.bound(tenant, values)).rows
    const connection = await engine.acquireReader()
    try {
      return (await connection.executeQuery<Row>(query.bound(tenant, values))).rows
    } finally {
      engine.releaseReader(connection)
    }
  }

  /**
   * Runs the work as one unit: its rows, one audit entry, its events and its idempotency record are committed
   * together, or nothing is. The units of a tenant run one after the other, on both dialects.
   *
   * Inside another unit it becomes a part of that one: what it did is taken back if it throws, and the outer unit may
   * go on. The work must not reach outside the database for long: other writers wait.
   *
   * @throws CancelledError after `context.signal` aborts, rolled back
   * @throws IdempotencyConflictError if the key was used for a different request
   * @throws StoreUsageError if a failed query was ignored
   */
  async unit<T>(context: UnitContext, options: UnitOptions<T>, work: (unit: Unit) => Promise<T>): Promise<T> {
    assertTenant(context.tenant)
    const {result, head} = await this.#units.run(context, options, work)
    if (head !== undefined) this.#anchor(head)
    return result
  }

  /**
   * A number that is another one once anything was committed, by whichever process; undefined where asking takes as long
   * as reading what one wants to know. What was read after it holds as long as it stays.
   */
  version(): number | undefined {
    return this.#system.engine.version?.()
  }

  /** What `omni doctor` shows of the database. */
  async health(): Promise<StoreHealth> {
    return readHealth(this.#system)
  }

  async close(): Promise<void> {
    await this.#system.engine.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** The unit is committed: a file that cannot be written is reported and does not undo it. */
  #anchor(head: {tenant: string; seq: number; hash: string}): void {
    try {
      this.#system.anchors?.write(head, this.#system.clock.now())
    } catch (error) {
      this.#system.log.warn('The audit anchor could not be written', {reason: (error as Error).message})
    }
  }
}

const longestTenant = 200

function assertTenant(tenant: string): void {
  if (tenant.length > 0 && tenant.length <= longestTenant && tenant.isWellFormed() && !tenant.includes('\0')) return
  throw new InvalidInputError('A tenant is named by 1 to 200 characters')
}

async function loadEngine(options: OpenStoreOptions): Promise<Engine> {
  const {url, readonly = false, busyTimeout = defaultBusyTimeout} = options
  if (/^postgres(ql)?:/.test(url)) {
    const {PostgresEngine} = await import('./postgres-engine.ts')
    return PostgresEngine.load({
      url,
      readonly,
      busyTimeout,
      ...(options.pool === undefined ? {} : {pool: options.pool}),
    })
  }
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : undefined
  if (path === undefined || (path !== ':memory:' && !isAbsolute(path))) {
    throw new InvalidInputError(`Not the address of a database: ${url.replace(/\/\/[^@/]*@/, '//')}`, {
      hint: 'write sqlite:/absolute/path/omni.db or postgres://user@host/name',
    })
  }
  return SqliteEngine.load({path, readonly, busyTimeout})
}

async function bringUpToDate(
  engine: Engine,
  migrations: readonly Migration[],
  options: OpenStoreOptions,
): Promise<void> {
  if (engine instanceof SqliteEngine && !engine.exists) engine.create()
  const recorded = await readRecord(engine)
  const {pending} = migrationState(migrations, recorded ?? [], engine.location)
  if (pending.length === 0) return
  if (options.readonly) {
    throw new DatabaseReadOnlyError(`The database ${engine.location} needs a migration, and it was opened read-only`, {
      hint: 'run a command that writes, or `omni doctor`',
    })
  }
  if (engine instanceof SqliteEngine) {
    if (recorded === undefined) await engine.initialise(migrationsTable)
    const backupDirectory = options.backupDirectory ?? join(dirname(engine.location), 'backups')
    const beforeFirst = async () => {
      await backupSqlite(engine, backupDirectory, options.clock)
    }
    await migrate({engine, migrations, clock: options.clock, version: options.version ?? '', beforeFirst})
    engine.forgetStatements()
    return
  }
  await migrate({engine, migrations, clock: options.clock, version: options.version ?? '', beforeFirst: async () => {}})
}

async function readRecord(engine: Engine) {
  const reader = await engine.acquireReader()
  try {
    return await recordedMigrations(engine, reader)
  } finally {
    engine.releaseReader(reader)
  }
}

function anchorFiles(engine: Engine, options: OpenStoreOptions): AnchorFiles | undefined {
  if (options.anchorDirectory !== undefined) return new AnchorFiles(options.anchorDirectory)
  return engine.dialect === 'sqlite' ? new AnchorFiles(`${engine.location}.anchors`) : undefined
}
