import {kyselyOver} from '../store/engine.ts'
import type {TableDefinition} from '../store/column-definition.ts'
import {declaredTables, type Migration} from '../store/migration.ts'
import {SqliteEngine} from '../store/sqlite-engine.ts'
import type {Store} from '../store/store.ts'
import {systemOf} from '../store/system.ts'
import {TenantPlugin} from '../store/tenancy.ts'
import type {TenantReader, TenantWriter, UnitContext} from '../store/unit.ts'
import {readRealSchema} from './real-schema.ts'

/** Rows of any table, by the names of tables and columns as they are declared. */
export type AnyTables = Record<string, Record<string, unknown>>

/** The rows of one tenant in one database: the store's, or those of a copy of it. */
export interface SqlRows {
  /** What a table is declared as, and undefined where the database does not have it. */
  definitionOf(table: string): TableDefinition | undefined
  read(): TenantReader<AnyTables>
  /** One transaction, which the audit log tells of by the action, the table and the number of rows. */
  write(change: SqlChange, work: (writer: TenantWriter<AnyTables>) => Promise<void>): Promise<void>
}

export interface SqlChange {
  readonly action: 'personal-data.erased' | 'personal-data.rectified'
  readonly table: string
  readonly rows: number
  /** Their names, where it is about some fields alone. */
  readonly fields?: readonly string[]
}

/** The rows of the store. */
export async function storeRows(store: Store, context: UnitContext): Promise<SqlRows> {
  const existing = await existingTables(store)
  const definitions = declaredTables(systemOf(store).migrations)
  return {
    definitionOf: table => (existing.has(table) ? definitions[table] : undefined),
    read: () => store.read<AnyTables>(context.tenant),
    async write({action, table, rows, fields}, work) {
      const audit = {action, resource: `table:${table}`, details: {rows, ...(fields ? {fields: [...fields]} : {})}}
      await store.unit(context, {audit}, unit => work(unit.database<AnyTables>()))
    },
  }
}

/** The rows of a copy of a SQLite database, as far as tables and columns are those of today. Close it. */
export async function copyRows(
  path: string,
  {tenant, migrations}: {readonly tenant: string; readonly migrations: readonly Migration[]},
): Promise<SqlRows & {purge(): Promise<void>; close(): Promise<void>}> {
  const engine = await SqliteEngine.load({path, readonly: false, busyTimeout: 10_000})
  const definitions = declaredTables(migrations)
  const existing = new Set(
    engine.reader
      .query<{name: string}>("select name from sqlite_schema where type = 'table'")
      .rows.map(row => row.name),
  )
  return {
    definitionOf: table => (existing.has(table) ? definitions[table] : undefined),
    read() {
      const tenancy = new TenantPlugin(tenant, definitions, false)
      return kyselyOver<AnyTables>(engine, undefined, [tenancy], inner => tenancy.confined(inner))
    },
    async write(_, work) {
      await engine.transaction(async connection => {
        const tenancy = new TenantPlugin(tenant, definitions, true)
        await work(kyselyOver<AnyTables>(engine, connection, [tenancy], inner => tenancy.confined(inner)))
      })
    },
    async purge() {
      await engine.purge([])
    },
    close: () => engine.close(),
  }
}

async function existingTables(store: Store): Promise<ReadonlySet<string>> {
  return new Set((await readRealSchema(store)).map(({table}) => table))
}
