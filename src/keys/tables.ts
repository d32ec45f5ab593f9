import {column, type TablesOf} from '../store/column-definition.ts'
import type {Migration} from '../store/migration.ts'

export const keyTables = {
  omni_api_keys: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      name: column.text(),
      prefix: column.text(),
      /** SHA-256 of the whole key, in hexadecimal. */
      digest: column.text(),
      scopes: column.json<string[]>(),
      /** Further tenants that it may enter; its own is the row's. */
      tenants: column.json<string[]>(),
      groups: column.json<string[]>(),
      created_at: column.timestamp(),
      created_by: column.text(),
      expires_at: column.timestamp({nullable: true}),
      revoked_at: column.timestamp({nullable: true}),
      /** To the minute. */
      last_used_at: column.timestamp({nullable: true}),
      /** The key that takes its place. */
      replaced_by: column.text({nullable: true}),
    },
    primaryKey: ['id'],
    indexes: [['name']],
  },
} as const

export type KeyDatabase = TablesOf<typeof keyTables>

export const keyMigration: Migration = {
  plugin: 'omni',
  name: '0003_api_keys',
  tables: keyTables,
  async up(schema) {
    // A request shows its key before it is known whose it is: the prefix is unique among all tenants.
    await schema.statement('create unique index omni_api_keys_prefix on omni_api_keys (prefix)')
  },
}
