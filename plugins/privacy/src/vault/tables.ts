import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  privacy_tokens: {
    scope: 'tenant',
    columns: {
      token: column.text(),
      domain: column.text(),
      /** The value under AES-256-GCM, with tenant, domain and token as associated data. */
      sealed: column.bytes(),
      /** HMAC of the value under a key of its own, where the same value is to get the same token. */
      blind_index: column.text({nullable: true}),
      created_at: column.timestamp(),
      expires_at: column.timestamp({nullable: true}),
    },
    primaryKey: ['token'],
    unique: [['domain', 'blind_index']],
    indexes: [['expires_at']],
  },
} as const

export type VaultTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'privacy', name: '0001_tokens', tables}]
