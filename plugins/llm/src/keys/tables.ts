import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** What an API key may do with models, beside its scopes. A key without a row here has no limits of its own. */
  llm_key_limits: {
    scope: 'tenant',
    columns: {
      /** The prefix of the key. */
      key: column.text(),
      /** Groups, deployments and provider/model that it may name; empty for all. */
      targets: column.json<string[]>(),
      rpm: column.integer({nullable: true}),
      tpm: column.integer({nullable: true}),
      created_at: column.timestamp(),
    },
    primaryKey: ['key'],
  },
} as const

export type KeyTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'llm', name: '0003_key_limits', tables}]
