import {column, type TablesOf} from '../store/column-definition.ts'

/** What models cost and what they computed. */
export const modelTables = {
  omni_usage: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      at: column.timestamp(),
      operation: column.text(),
      provider: column.text(),
      model: column.text(),
      /** What it was for: `embedding.document`, `embedding.query`, `context`. */
      kind: column.text(),
      /** As the provider counted; null where it did not say. */
      input_tokens: column.integer({nullable: true}),
      /** 10⁻⁹ US dollars; 0 for a model on the user's own machines, null where no price is known. */
      cost_nano_usd: column.bigint({nullable: true}),
    },
    primaryKey: ['id'],
    indexes: [['at']],
  },
  omni_embeddings: {
    scope: 'tenant',
    columns: {
      /** SHA-256 over the model, the kind and the text. */
      key: column.text(),
      /** Numbers of 32 bits, little-endian. */
      vector: column.bytes(),
      expires_at: column.timestamp(),
    },
    primaryKey: ['key'],
    indexes: [['expires_at']],
  },
} as const

export type ModelDatabase = TablesOf<typeof modelTables>
