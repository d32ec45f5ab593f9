import {createHash} from 'node:crypto'
import {type DatabaseConnection, type Kysely, sql} from 'kysely'
import {canonicalJson} from '../audit/canonical-json.ts'
import type {Clock} from '../operation/context.ts'
import {OmniError} from '../operation/errors.ts'
import {
  type ColumnDefinition,
  createTable,
  described,
  identifier,
  sqlType,
  type TableDefinition,
  type TableDefinitions,
} from './column-definition.ts'
import {type DialectName, type Engine, kyselyOver} from './engine.ts'
import {MigrationError, NewerDatabaseError, StoreUsageError} from './errors.ts'

/** One step of a plugin's schema: forward only, applied once, in one transaction. */
export interface Migration {
  /** Whose tables these are; every table's name begins with it and an underscore. */
  readonly plugin: string
  /** Four digits and a subject, `0001_documents`: the order within the plugin. */
  readonly name: string
  /** Tables to create, in this order, before `up`. */
  readonly tables?: TableDefinitions
  /** What cannot be said as data: new columns, data to move. */
  readonly up?: (schema: MigrationContext) => Promise<void>
  /** Tables of earlier migrations of the plugin that go after `up`. */
  readonly drops?: readonly string[]
}

/** What a migration may do. */
export interface MigrationContext {
  readonly dialect: DialectName
  /** All rows of all tenants: a migration moves them together. */
  readonly database: Kysely<Record<string, Record<string, unknown>>>
  /** Adds a column. It must be nullable or have a default, because rows exist. */
  addColumn(table: string, name: string, definition: ColumnDefinition): Promise<void>
  /** Adds an index; name every column, `tenant` too. */
  addIndex(table: string, columns: readonly string[]): Promise<void>
  dropIndex(table: string, columns: readonly string[]): Promise<void>
  /** Runs a statement in the words of the present dialect, for triggers and the like. */
  statement(statement: string): Promise<void>
}

/** A migration as the database remembers it. */
export interface AppliedMigration {
  readonly plugin: string
  readonly name: string
  readonly checksum: string
  readonly applied_at: string
}

export interface MigrationState {
  /** Recorded in the database and known to the program. */
  readonly applied: readonly AppliedMigration[]
  readonly pending: readonly Migration[]
  /** Recorded by plugins that are not installed here: their tables are left alone. */
  readonly foreign: readonly AppliedMigration[]
}

export const migrationsTable = 'omni_migrations'

const nameRule = /^\d{4}_[a-z0-9_]+$/

/**
 * Puts the kernel's migrations first, then each plugin's in the order of their names.
 * @throws StoreUsageError for a name out of the pattern, a duplicate, or a table outside the plugin's prefix
 */
export function orderedMigrations(migrations: readonly Migration[]): Migration[] {
  const seen = new Set<string>()
  for (const {plugin, name, tables} of migrations) {
    if (!nameRule.test(name)) throw new StoreUsageError(`Migration ${plugin}/${name} is not named like 0001_subject`)
    if (seen.has(`${plugin}/${name}`)) throw new StoreUsageError(`Migration ${plugin}/${name} is declared twice`)
    seen.add(`${plugin}/${name}`)
    for (const table of Object.keys(tables ?? {})) {
      if (!table.startsWith(`${plugin}_`)) {
        throw new StoreUsageError(`Table ${table} of ${plugin}/${name} does not begin with ${plugin}_`)
      }
    }
  }
  const plugins = [...new Set(migrations.map(migration => migration.plugin))]
  return plugins.flatMap(plugin =>
    migrations.filter(migration => migration.plugin === plugin).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  )
}

const checksums = new WeakMap<Migration, string>()

/** SHA-256 over the tables of a migration, so that an edit after the fact is noticed. Reckoned once for each. */
export function migrationChecksum(migration: Migration): string {
  const known = checksums.get(migration)
  if (known !== undefined) return known
  const checksum = createHash('sha256')
    .update(canonicalJson(JSON.parse(JSON.stringify(migration.tables ?? {}))))
    .digest('hex')
  checksums.set(migration, checksum)
  return checksum
}

/**
 * Compares what the database has with what the program knows.
 * @throws NewerDatabaseError if a plugin of this program has a migration here that the program does not know
 * @throws MigrationError if an applied migration was different from the one of this program, or the order has a hole
 */
export function migrationState(
  known: readonly Migration[],
  recorded: readonly AppliedMigration[],
  location: string,
): MigrationState {
  const byKey = new Map(recorded.map(row => [`${row.plugin}/${row.name}`, row]))
  const plugins = new Set(known.map(migration => migration.plugin))
  const names = new Set(known.map(migration => `${migration.plugin}/${migration.name}`))
  const newer = recorded.filter(row => plugins.has(row.plugin) && !names.has(`${row.plugin}/${row.name}`))
  if (newer.length > 0) {
    throw new NewerDatabaseError(
      `The database ${location} was migrated by a newer omni: it has ${newer.map(row => `${row.plugin}/${row.name}`).join(', ')}, which this program does not know`,
      {
        hint: 'update omni; nothing was changed',
        details: {location, unknown: newer.map(row => `${row.plugin}/${row.name}`)},
      },
    )
  }
  const applied: AppliedMigration[] = []
  const pending: Migration[] = []
  for (const migration of known) {
    const row = byKey.get(`${migration.plugin}/${migration.name}`)
    if (row === undefined) {
      pending.push(migration)
      continue
    }
    if (row.checksum !== migrationChecksum(migration)) {
      throw new MigrationError(
        `Migration ${row.plugin}/${row.name} was applied to ${location} in a different form on ${row.applied_at}`,
        {hint: 'a migration that was released must not be edited: add a new one'},
      )
    }
    if (pending.some(before => before.plugin === migration.plugin)) {
      throw new MigrationError(`Migration ${row.plugin}/${row.name} was applied to ${location} before an earlier one`, {
        hint: 'a new migration takes a number above all released ones',
      })
    }
    applied.push(row)
  }
  return {applied, pending, foreign: recorded.filter(row => !plugins.has(row.plugin))}
}

/** Reads the record of migrations; undefined where the table does not exist yet. */
export async function recordedMigrations(
  engine: Engine,
  connection: DatabaseConnection,
): Promise<AppliedMigration[] | undefined> {
  const database = kyselyOver<{omni_migrations: AppliedMigration}>(engine, connection)
  try {
    return await database.selectFrom('omni_migrations').select(['plugin', 'name', 'checksum', 'applied_at']).execute()
  } catch (error) {
    if (isMissingTable(error)) return undefined
    throw error
  }
}

function isMissingTable(error: unknown): boolean {
  const {code, message} = error as {code?: string; message?: string}
  return code === '42P01' || (code === 'SQLITE_ERROR' && /no such table: omni_migrations/.test(message ?? ''))
}

export interface MigrateOptions {
  readonly engine: Engine
  readonly migrations: readonly Migration[]
  readonly clock: Clock
  /** The version of the program, for the record. */
  readonly version: string
  /** Called under the lock before the first migration of a database that has rows. */
  readonly beforeFirst: () => Promise<void>
}

/**
 * Applies what is pending, each migration in a transaction of its own. Two processes at once apply each migration
 * once: the transaction begins with the database's write lock (SQLite) or an advisory lock (PostgreSQL), and looks at
 * the record only then. None waits for the disk: what a power cut takes back of migrations the next opening does again,
 * and the first unit whose commit does wait brings those before it there with itself.
 * @throws MigrationError with the name of the migration that failed; those before it stay applied
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  let first = true
  for (;;) {
    const more = await options.engine.transaction(connection => applyNext(options, connection, first), {
      survives: 'process-end',
    })
    if (!more) return
    first = false
  }
}

/** An arbitrary number that all versions of omni share: 'omni' in ASCII. */
const advisoryLock = 0x6f6d6e69

async function applyNext(options: MigrateOptions, connection: DatabaseConnection, first: boolean): Promise<boolean> {
  const {engine, migrations, clock, version} = options
  const database = kyselyOver<Record<string, Record<string, unknown>>>(engine, connection)
  if (engine.dialect === 'postgres') await sql`select pg_advisory_xact_lock(${sql.lit(advisoryLock)})`.execute(database)
  await createRecord(database)
  const recorded = (await recordedMigrations(engine, connection)) ?? []
  const {pending} = migrationState(migrations, recorded, engine.location)
  const [next] = pending
  if (next === undefined) return false
  if (first && recorded.length > 0) await options.beforeFirst()
  await apply(next, database, engine.dialect, tenantTablesOf(migrations))
  await database
    .insertInto(migrationsTable)
    .values({
      plugin: next.plugin,
      name: next.name,
      checksum: migrationChecksum(next),
      applied_at: clock.now().toISOString(),
      version,
    })
    .execute()
  return pending.length > 1
}

async function createRecord(database: Kysely<Record<string, Record<string, unknown>>>): Promise<void> {
  await database.schema
    .createTable(migrationsTable)
    .ifNotExists()
    .addColumn('plugin', 'text', definition => definition.notNull())
    .addColumn('name', 'text', definition => definition.notNull())
    .addColumn('checksum', 'text', definition => definition.notNull())
    .addColumn('applied_at', 'text', definition => definition.notNull())
    .addColumn('version', 'text', definition => definition.notNull())
    .addPrimaryKeyConstraint('omni_migrations_key', ['plugin', 'name'] as never[])
    .execute()
}

async function apply(
  migration: Migration,
  database: Kysely<Record<string, Record<string, unknown>>>,
  dialect: DialectName,
  tenantTables: ReadonlySet<string>,
): Promise<void> {
  try {
    for (const [name, table] of Object.entries(migration.tables ?? {})) {
      await createTable(database.schema, dialect, name, table, tenantTables)
    }
    await migration.up?.(migrationContext(database, dialect))
    for (const table of migration.drops ?? []) await database.schema.dropTable(table).execute()
  } catch (error) {
    if (error instanceof OmniError) throw error
    throw new MigrationError(`Migration ${migration.plugin}/${migration.name} failed: ${(error as Error).message}`, {
      hint: 'nothing of it was applied; a backup of the state before is in the backup directory. Please report this',
      cause: error,
    })
  }
}

function migrationContext(
  database: Kysely<Record<string, Record<string, unknown>>>,
  dialect: DialectName,
): MigrationContext {
  return {
    dialect,
    database,
    async addColumn(table, name, definition) {
      if (!definition.nullable && definition.default === undefined) {
        throw new StoreUsageError(`Column ${table}.${name} must be nullable or have a default: rows exist`)
      }
      await database.schema
        .alterTable(table)
        .addColumn(name, sqlType(dialect, definition.type), described(dialect, name, definition))
        .execute()
    },
    async addIndex(table, columns) {
      await database.schema
        .createIndex(indexName(table, columns))
        .on(table)
        .columns([...columns])
        .execute()
    },
    async dropIndex(table, columns) {
      await database.schema.dropIndex(indexName(table, columns)).execute()
    },
    async statement(statement) {
      await sql.raw(statement).execute(database)
    },
  }
}

function indexName(table: string, columns: readonly string[]): string {
  return identifier(
    table,
    columns.filter(name => name !== 'tenant'),
    'index',
  )
}

function tenantTablesOf(migrations: readonly Migration[]): ReadonlySet<string> {
  return new Set(
    Object.entries(declaredTables(migrations)).flatMap(([name, {scope}]) => (scope === 'tenant' ? [name] : [])),
  )
}

/** Every table that some migration declares, and none drops. */
export function declaredTables(migrations: readonly Migration[]): Readonly<Record<string, TableDefinition>> {
  const dropped = new Set(migrations.flatMap(({drops = []}) => drops))
  const tables = migrations.flatMap(migration => Object.entries(migration.tables ?? {}))
  return Object.fromEntries(tables.filter(([name]) => !dropped.has(name)))
}
