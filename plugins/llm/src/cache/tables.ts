import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** Answers that are given again to the same request. */
  llm_answers: {
    scope: 'tenant',
    columns: {
      /** SHA-256 over the model and every parameter of the request. */
      key: column.text(),
      /** The same without the last message: a hard wall for answers to prompts that mean the same. */
      partition: column.text(),
      deployment: column.text(),
      provider: column.text(),
      model: column.text(),
      /** The events of the answer, as JSON. */
      answer: column.text(),
      /** Of the last message, 32-bit floats; null where meanings are not compared. */
      vector: column.bytes({nullable: true}),
      vector_model: column.text({nullable: true}),
      created_at: column.timestamp(),
      expires_at: column.timestamp(),
      hits: column.integer(),
    },
    primaryKey: ['key'],
    indexes: [['partition'], ['expires_at'], ['created_at']],
  },
} as const

export type CacheTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'llm', name: '0004_answers', tables}]
