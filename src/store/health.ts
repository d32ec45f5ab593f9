import {type DatabaseConnection, sql} from 'kysely'
import {type DialectName, type Engine, kyselyOver} from './engine.ts'
import {DatabaseCorruptError} from './errors.ts'
import {type AppliedMigration, migrationState, recordedMigrations} from './migration.ts'
import type {SqliteConnection} from './sqlite-connection.ts'
import {SqliteEngine} from './sqlite-engine.ts'
import type {StoreSystem} from './system.ts'

/** The state of the database, for `omni doctor`. */
export interface StoreHealth {
  readonly dialect: DialectName
  readonly location: string
  /** Of SQLite or of the PostgreSQL server. */
  readonly version: string
  /** What an integrity check found wrong; empty is well. PostgreSQL has no such check: `undefined`. */
  readonly damage: readonly string[] | undefined
  /** `wal` is what we ask for; a network file system may not have it. Undefined on PostgreSQL. */
  readonly journal_mode: string | undefined
  readonly migrations: {
    readonly applied: readonly AppliedMigration[]
    readonly pending: readonly string[]
    /** Of plugins that are not installed. */
    readonly foreign: readonly AppliedMigration[]
  }
}

/** Reads the state of the database; the check reads all of a SQLite file's pages. */
export async function readHealth(system: StoreSystem): Promise<StoreHealth> {
  const {engine} = system
  const reader = await engine.acquireReader()
  try {
    const recorded = (await recordedMigrations(engine, reader)) ?? []
    const {applied, pending, foreign} = migrationState(system.migrations, recorded, engine.location)
    const migrations = {applied, pending: pending.map(({plugin, name}) => `${plugin}/${name}`), foreign}
    const facts = engine instanceof SqliteEngine ? sqliteFacts(engine) : await postgresFacts(engine, reader)
    return {dialect: engine.dialect, location: engine.location, ...facts, migrations}
  } finally {
    engine.releaseReader(reader)
  }
}

type Facts = Pick<StoreHealth, 'version' | 'damage' | 'journal_mode'>

function sqliteFacts({reader}: SqliteEngine): Facts {
  const [version] = reader.query<{version: string}>('select sqlite_version() as version').rows
  const [journal] = reader.query<{journal_mode: string}>('pragma journal_mode').rows
  return {version: version?.version ?? '', journal_mode: journal?.journal_mode, damage: damageOf(reader)}
}

/** What https://www.sqlite.org/pragma.html#pragma_quick_check finds; on some damage the check itself fails. */
function damageOf(reader: SqliteConnection): string[] {
  try {
    const {rows} = reader.query<{quick_check: string}>('pragma quick_check')
    return rows.map(row => row.quick_check).filter(line => line !== 'ok')
  } catch (error) {
    if (error instanceof DatabaseCorruptError) return [error.message]
    throw error
  }
}

async function postgresFacts(engine: Engine, reader: DatabaseConnection): Promise<Facts> {
  const {rows} = await sql<{server_version: string}>`show server_version`.execute(kyselyOver(engine, reader))
  return {version: rows[0]?.server_version ?? '', journal_mode: undefined, damage: undefined}
}
