import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** A legal matter that needs data of a person, or all of a place. */
  privacy_holds: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      matter: column.text(),
      /** Null where the hold is on all of a place. */
      subject_kind: column.text({nullable: true}),
      subject_value: column.text({nullable: true}),
      /** `store table`; null where the hold is on all that there is of the person. */
      place: column.text({nullable: true}),
      placed_at: column.timestamp(),
      placed_by: column.text(),
      released_at: column.timestamp({nullable: true}),
    },
    primaryKey: ['id'],
    indexes: [['subject_value'], ['released_at']],
  },
} as const

export type HoldTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'privacy', name: '0004_holds', tables}]
