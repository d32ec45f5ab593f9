import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** What may be spent in each window of time. */
  llm_budgets: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      /** `tenant`, `key` or `model`. */
      scope: column.text(),
      /** The prefix of a key, or a model; empty for every one by itself, and for the tenant. */
      of: column.text(),
      /** `day`, `week`, `month` or `total`. */
      window: column.text(),
      time_zone: column.text(),
      limit_nano_usd: column.bigint(),
      hard: column.boolean(),
      created_at: column.timestamp(),
    },
    primaryKey: ['id'],
    unique: [['scope', 'of', 'window']],
  },
  /** What was spent of a budget in one window. */
  llm_spending: {
    scope: 'tenant',
    columns: {
      /** Scope, whose, and window: the account that a budget limits. */
      account: column.text(),
      /** When the window began; empty for `total`. */
      period: column.text(),
      spent_nano_usd: column.bigint(),
      /** Calls without a known price. */
      unpriced: column.integer(),
    },
    primaryKey: ['account', 'period'],
  },
  /** What calls that are under way may still spend. */
  llm_reservations: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      account: column.text(),
      period: column.text(),
      amount_nano_usd: column.bigint(),
      /** After that the call is taken for dead. */
      expires_at: column.timestamp(),
    },
    primaryKey: ['id', 'account'],
    indexes: [['account', 'period'], ['expires_at']],
  },
} as const

export type BudgetTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'llm', name: '0002_budgets', tables}]
