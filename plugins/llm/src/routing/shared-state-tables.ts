import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** Deployments that some process leaves alone, for the others. All are of one tenant, the installation itself. */
  llm_shared_cooldowns: {
    scope: 'tenant',
    columns: {
      deployment: column.text(),
      until: column.timestamp(),
      /** How often in a row. */
      trips: column.integer(),
      /** `failures`, `rate`, `auth` or `billing`. */
      reason: column.text(),
    },
    primaryKey: ['deployment'],
  },
  /** What each process sent in each second of the last minute, of deployments and keys that have limits. */
  llm_shared_uses: {
    scope: 'tenant',
    columns: {
      /** Of one run of a process. */
      process: column.text(),
      /** `deployment mini` or `key <tenant> <prefix>`. */
      account: column.text(),
      /** Seconds since 1970. */
      second: column.integer(),
      requests: column.integer(),
      tokens: column.integer(),
    },
    primaryKey: ['process', 'account', 'second'],
    indexes: [['second']],
  },
} as const

export type SharedStateTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'llm', name: '0009_shared_state', tables}]
