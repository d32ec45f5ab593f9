import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** What all releases under one name may cost together. Exact decimals. */
  privacy_budgets: {
    scope: 'tenant',
    columns: {
      name: column.text(),
      epsilon: column.text(),
      delta: column.text(),
      created_at: column.timestamp(),
    },
    primaryKey: ['name'],
  },
  /** Every release that was debited, answered or not. Amounts are exact fractions. */
  privacy_releases: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      budget: column.text(),
      question: column.text(),
      pure_epsilon: column.text({nullable: true}),
      rho: column.text({nullable: true}),
      failure_delta: column.text({nullable: true}),
      debited_at: column.timestamp(),
    },
    primaryKey: ['id'],
    references: [{columns: ['budget'], table: 'privacy_budgets', to: ['name'], onDelete: 'restrict'}],
    indexes: [['budget', 'debited_at']],
  },
} as const

export type BudgetTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'privacy', name: '0002_budgets', tables}]
