import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** In which form each store of card numbers keeps them. */
  privacy_card_stores: {
    scope: 'tenant',
    columns: {name: column.text(), representation: column.text(), settled_at: column.timestamp()},
    primaryKey: ['name'],
  },
} as const

export type CardTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'privacy', name: '0003_card_stores', tables}]
