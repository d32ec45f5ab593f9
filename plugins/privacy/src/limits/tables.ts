import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** For what a person's data may not be used. */
  privacy_limits: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      request: column.text({nullable: true}),
      /** `restriction`, `objection`, `opt_out` or `limit`. */
      kind: column.text(),
      /** What the data may not serve; `*` for everything but storage. */
      purpose: column.text(),
      subject_kind: column.text(),
      subject_value: column.text(),
      since: column.timestamp(),
      lifted_at: column.timestamp({nullable: true}),
    },
    primaryKey: ['id'],
    unique: [['kind', 'purpose', 'subject_kind', 'subject_value']],
    indexes: [['lifted_at']],
  },
} as const

type Raw = TablesOf<typeof tables>

export type LimitKind = 'restriction' | 'objection' | 'opt_out' | 'limit'

export type LimitTables = {
  privacy_limits: Omit<Raw['privacy_limits'], 'kind'> & {kind: LimitKind}
}

export const migrations: readonly Migration[] = [{plugin: 'privacy', name: '0004_limits', tables}]
