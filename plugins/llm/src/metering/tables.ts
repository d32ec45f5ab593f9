import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** What a call used beside the tokens of text that `llm_requests` counts: seconds, characters, pictures. */
  llm_quantities: {
    scope: 'tenant',
    columns: {
      request: column.text(),
      /** One of the kernel's metered units. */
      unit: column.text(),
      /** Seconds have fractions, and a double is no money's measure. */
      thousandths: column.bigint(),
    },
    primaryKey: ['request', 'unit'],
    references: [{columns: ['request'], table: 'llm_requests', to: ['id'], onDelete: 'cascade'}],
  },
} as const

export type QuantityTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'llm', name: '0007_quantities', tables}]
