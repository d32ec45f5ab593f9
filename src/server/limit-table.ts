import {column} from '../store/column-definition.ts'
import type {Migration} from '../store/migration.ts'

/** As `rate-limiter-flexible` reads and writes it, in this order; used on PostgreSQL, where servers count together. */
export const limitTables = {
  omni_rate_limits: {
    scope: 'shared',
    columns: {
      key: column.text(),
      points: column.integer({default: 0}),
      /** Milliseconds since 1970. */
      expire: column.bigint({nullable: true}),
    },
    primaryKey: ['key'],
  },
} as const

export const limitMigration: Migration = {plugin: 'omni', name: '0006_rate_limits', tables: limitTables}
