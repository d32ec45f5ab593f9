import {column, type TablesOf} from '../store/column-definition.ts'
import type {Migration} from '../store/migration.ts'

export const answerTables = {
  omni_answers: {
    scope: 'tenant',
    columns: {
      principal: column.text(),
      key: column.text(),
      /** SHA-256 over the operation and its input. */
      digest: column.text(),
      /** Which attempt has the key; only it may finish. */
      holder: column.text(),
      /** Until then the holder is believed to be at work. */
      held_until: column.timestamp(),
      /** The operation has committed a unit of work. */
      committed: column.boolean({default: false}),
      /** The HTTP status; null while the request is at work. */
      status: column.integer({nullable: true}),
      exit_code: column.integer({nullable: true}),
      /** JSON text; null while the request is at work, and for good where the answer is confidential. */
      body: column.text({nullable: true}),
      created_at: column.timestamp(),
      expires_at: column.timestamp(),
    },
    primaryKey: ['principal', 'key'],
    indexes: [['expires_at']],
  },
} as const

export type AnswerDatabase = TablesOf<typeof answerTables>

export const answerMigration: Migration = {plugin: 'omni', name: '0004_answers', tables: answerTables}
