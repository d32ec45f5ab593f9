import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  llm_conversations: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      principal: column.text(),
      target: column.text(),
      system: column.text({nullable: true}),
      started_at: column.timestamp(),
      continued_at: column.timestamp(),
    },
    primaryKey: ['id'],
    indexes: [['principal', 'continued_at']],
  },
  llm_turns: {
    scope: 'tenant',
    columns: {
      conversation: column.text(),
      number: column.integer(),
      message: column.text(),
      answer: column.text(),
      asked_at: column.timestamp(),
    },
    primaryKey: ['conversation', 'number'],
    references: [{columns: ['conversation'], table: 'llm_conversations', to: ['id'], onDelete: 'cascade'}],
  },
} as const

export type ChatTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'llm', name: '0005_conversations', tables}]
