export type {Expression, ExpressionBuilder, Generated, SqlBool} from 'kysely'
export {
  type ColumnDefinition,
  column,
  type TableDefinition,
  type TableDefinitions,
  type TablesOf,
  type TenantColumn,
} from './column-definition.ts'
export type {DialectName} from './engine.ts'
export * from './errors.ts'
export type {StoreHealth} from './health.ts'
export type {IdempotentRequest} from './idempotency.ts'
export {declaredTables, type Migration, type MigrationContext} from './migration.ts'
export {claimEvents, completeEvents, type OutboxEvent, postponeEvents} from './outbox.ts'
export type {PreparedQuery} from './prepared-query.ts'
export {type OpenStoreOptions, openStore, type Store} from './store.ts'
export type {TenantReader, TenantWriter, Unit, UnitContext, UnitOptions} from './unit.ts'
