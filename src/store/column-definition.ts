import {type ColumnDefinitionBuilder, type ColumnType, type Generated, type SchemaModule, sql} from 'kysely'
import type {DialectName} from './engine.ts'
import {StoreUsageError} from './errors.ts'

export type ColumnTypeName = 'text' | 'integer' | 'bigint' | 'real' | 'boolean' | 'json' | 'timestamp' | 'bytes'

/** One column as data. `Value` is what a query gives back, the same on both dialects. */
export interface ColumnDefinition<
  Value = unknown,
  Nullable extends boolean = boolean,
  Defaulted extends boolean = boolean,
> {
  readonly type: ColumnTypeName
  readonly nullable: Nullable
  readonly default?: string | number | boolean
  /** Only for the types: never set. */
  readonly phantom?: [Value, Defaulted]
}

interface ColumnOptions<Nullable extends boolean, Default> {
  readonly nullable?: Nullable
  readonly default?: Default
}

function define<Value>(type: ColumnTypeName) {
  return <Nullable extends boolean = false, Default extends string | number | boolean | undefined = undefined>(
    options: ColumnOptions<Nullable, Default> = {},
  ): ColumnDefinition<Value, Nullable, Default extends undefined ? false : true> => ({
    type,
    nullable: (options.nullable ?? false) as Nullable,
    ...(options.default === undefined ? {} : {default: options.default}),
  })
}

/**
 * The column types. Each goes in and comes back the same on SQLite and PostgreSQL; docs/store.md has the table.
 */
export const column = {
  /** An identifier that omni makes: a UUID of version 7 as text. */
  id: define<string>('text'),
  text: define<string>('text'),
  /** A whole number of at most 32 bits, as a number. */
  integer: define<number>('integer'),
  /** A whole number of 64 bits, as a bigint: money and points in minor units, sizes, sequence numbers. */
  bigint: define<bigint>('bigint'),
  /** A double. Never money. */
  real: define<number>('real'),
  boolean: define<boolean>('boolean'),
  /** An object or an array. Kept as text: the order of the keys survives, and it cannot be compared in SQL. */
  json: <Value extends object = Record<string, unknown>>() => define<Value>('json')(),
  nullableJson: <Value extends object = Record<string, unknown>>() => define<Value>('json')({nullable: true}),
  /** An instant: ISO 8601 in UTC with milliseconds, as `Date.toISOString` writes it. Sorts as text. */
  timestamp: define<string>('timestamp'),
  bytes: define<Buffer>('bytes'),
} as const

export interface ReferenceDefinition {
  readonly columns: readonly string[]
  readonly table: string
  readonly to: readonly string[]
  readonly onDelete?: 'cascade' | 'restrict' | 'set null'
}

/** One table as data. In a table of scope `tenant`, `tenant` is a column and the first of every key, without being named. */
export interface TableDefinition {
  /** `tenant`: each row belongs to one, and the store adds the predicate. `shared`: the same rows for all, not personal. */
  readonly scope: 'tenant' | 'shared'
  readonly columns: Readonly<Record<string, ColumnDefinition>>
  readonly primaryKey: readonly string[]
  readonly unique?: readonly (readonly string[])[]
  readonly references?: readonly ReferenceDefinition[]
  /** Names of indexes are derived from the table and the columns. */
  readonly indexes?: readonly (readonly string[])[]
}

export type TableDefinitions = Readonly<Record<string, TableDefinition>>

/** The tenant of a row: can be read and compared; written by the store alone. */
export type TenantColumn = ColumnType<string, never, never>

type ColumnValue<C> =
  C extends ColumnDefinition<infer Value, infer Nullable, infer Defaulted>
    ? Defaulted extends true
      ? Generated<Nullable extends true ? Value | null : Value>
      : Nullable extends true
        ? Value | null
        : Value
    : never

/** The Kysely types of tables that were declared as data. */
export type TablesOf<T extends TableDefinitions> = {
  [Name in keyof T]: {
    [Column in keyof T[Name]['columns']]: ColumnValue<T[Name]['columns'][Column]>
  } & (T[Name]['scope'] extends 'tenant' ? {tenant: TenantColumn} : unknown)
}

type SqlType = Parameters<ReturnType<SchemaModule['createTable']>['addColumn']>[1]

const sqliteTypes: Record<ColumnTypeName, SqlType> = {
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  real: 'double precision',
  boolean: 'boolean',
  // A declared type with TEXT in it has text affinity (https://www.sqlite.org/datatype3.html, 3.1).
  json: sql`json_text`,
  timestamp: 'text',
  bytes: 'blob',
}

/** Compared and sorted by its bytes, as SQLite does, and not by the language of the server. */
const postgresText = sql`text collate "C"`

const postgresTypes: Record<ColumnTypeName, SqlType> = {
  text: postgresText,
  integer: 'integer',
  bigint: 'bigint',
  real: 'double precision',
  boolean: 'boolean',
  json: 'json',
  timestamp: postgresText,
  bytes: 'bytea',
}

/** The SQL type by which a column is declared. */
export function sqlType(dialect: DialectName, type: ColumnTypeName): SqlType {
  return dialect === 'sqlite' ? sqliteTypes[type] : postgresTypes[type]
}

/** All columns of a table as it is in the database, the tenant first. */
export function physicalColumns(table: TableDefinition): Readonly<Record<string, ColumnDefinition>> {
  return table.scope === 'tenant' ? {tenant: column.text(), ...table.columns} : table.columns
}

function physicalKey(table: TableDefinition, key: readonly string[]): string[] {
  return table.scope === 'tenant' ? ['tenant', ...key] : [...key]
}

/** Creates a table, its constraints and its indexes. */
export async function createTable(
  schema: SchemaModule,
  dialect: DialectName,
  name: string,
  table: TableDefinition,
  tenantTables: ReadonlySet<string>,
): Promise<void> {
  let builder = schema.createTable(name)
  for (const [columnName, definition] of Object.entries(physicalColumns(table))) {
    builder = builder.addColumn(
      columnName,
      sqlType(dialect, definition.type),
      described(dialect, columnName, definition),
    )
  }
  builder = builder.addPrimaryKeyConstraint(
    identifier(name, [], 'key'),
    physicalKey(table, table.primaryKey) as never[],
  )
  for (const key of table.unique ?? []) {
    builder = builder.addUniqueConstraint(identifier(name, key, 'key'), physicalKey(table, key) as never[])
  }
  for (const reference of table.references ?? []) {
    builder = addReference(builder, name, table, reference, tenantTables)
  }
  await builder.execute()
  for (const columns of table.indexes ?? []) {
    await schema
      .createIndex(identifier(name, columns, 'index'))
      .on(name)
      .columns(physicalKey(table, columns))
      .execute()
  }
}

const longestIdentifier = 63

/**
 * The name of a key or an index.
 * @throws StoreUsageError if PostgreSQL would cut it off: two that differ at the end would then be one
 */
export function identifier(table: string, columns: readonly string[], suffix: 'key' | 'index' | 'reference'): string {
  const name = [table, ...columns, suffix].join('_')
  if (name.length > longestIdentifier)
    throw new StoreUsageError(`${name} is longer than ${longestIdentifier} characters`)
  return name
}

type TableBuilder = ReturnType<SchemaModule['createTable']>

function addReference(
  builder: TableBuilder,
  name: string,
  table: TableDefinition,
  reference: ReferenceDefinition,
  tenantTables: ReadonlySet<string>,
): TableBuilder {
  // A row can only refer to a row of its own tenant.
  const sameTenant = table.scope === 'tenant' && tenantTables.has(reference.table)
  const prefix = sameTenant ? ['tenant'] : []
  return builder.addForeignKeyConstraint(
    identifier(name, reference.columns, 'reference'),
    [...prefix, ...reference.columns] as never[],
    reference.table,
    [...prefix, ...reference.to],
    constraint => constraint.onDelete(reference.onDelete ?? 'restrict'),
  ) as TableBuilder
}

/** The attributes of a column: not null, default, and on SQLite a check that it holds what its type says. */
export function described(
  dialect: DialectName,
  name: string,
  definition: ColumnDefinition,
): (builder: ColumnDefinitionBuilder) => ColumnDefinitionBuilder {
  return builder => {
    let built = definition.nullable ? builder : builder.notNull()
    if (definition.default !== undefined) built = built.defaultTo(defaultValue(dialect, definition.default))
    const check = dialect === 'sqlite' ? sqliteCheck(name, definition.type) : undefined
    return check === undefined ? built : built.check(check)
  }
}

function defaultValue(dialect: DialectName, value: string | number | boolean): string | number | boolean {
  return dialect === 'sqlite' && typeof value === 'boolean' ? Number(value) : value
}

/** SQLite would keep 2.5 or 'x' in an integer column; PostgreSQL refuses, and so do we. */
function sqliteCheck(name: string, type: ColumnTypeName) {
  if (type === 'boolean') return sql`${sql.ref(name)} in (0, 1)`
  if (type === 'bigint') return sql`typeof(${sql.ref(name)}) in ('integer', 'null')`
  if (type === 'integer')
    return sql`typeof(${sql.ref(name)}) in ('integer', 'null') and ${sql.ref(name)} between -2147483648 and 2147483647`
  return undefined
}
