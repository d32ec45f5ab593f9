import {column, type TablesOf} from '../store/column-definition.ts'
import type {Migration} from '../store/migration.ts'

export const erasureTables = {
  /** Erasures that this database has seen; one that the list of tombstones knows and this table does not was restored away. */
  omni_erasures: {
    scope: 'tenant',
    columns: {id: column.id(), begun_at: column.timestamp(), finished_at: column.timestamp({nullable: true})},
    primaryKey: ['id'],
  },
  /** Who was erased and must not come back with the next import. */
  omni_suppressions: {
    scope: 'tenant',
    columns: {
      kind: column.text(),
      /** HMAC-SHA-256 of the identity under the installation's erasure key. */
      digest: column.text(),
      since: column.timestamp(),
    },
    primaryKey: ['kind', 'digest'],
  },
} as const

export type ErasureDatabase = TablesOf<typeof erasureTables>

export const erasureMigration: Migration = {plugin: 'omni', name: '0009_erasures', tables: erasureTables}
