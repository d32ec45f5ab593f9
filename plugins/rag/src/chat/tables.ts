import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  rag_conversations: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      /** Whose it is; nobody else can read or continue it. */
      principal: column.text(),
      collection: column.text(),
      started_at: column.timestamp(),
      continued_at: column.timestamp(),
    },
    primaryKey: ['id'],
    indexes: [['principal', 'continued_at']],
  },
  rag_turns: {
    scope: 'tenant',
    columns: {
      conversation: column.text(),
      number: column.integer(),
      message: column.text(),
      /** The message as it could be understood alone; what was searched for. */
      question: column.text(),
      answered: column.boolean(),
      answer: column.text(),
      sources: column.json<readonly string[]>(),
      asked_at: column.timestamp(),
    },
    primaryKey: ['conversation', 'number'],
    references: [{columns: ['conversation'], table: 'rag_conversations', to: ['id'], onDelete: 'cascade'}],
  },
} as const

export type ChatTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'rag', name: '0004_conversations', tables}]
