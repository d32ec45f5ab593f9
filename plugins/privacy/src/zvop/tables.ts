import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

const tables = {
  /** The processing log of ZVOP-2, article 22. Rows are added, and deleted when their time is over. */
  privacy_processing_log: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      at: column.timestamp(),
      action: column.text(),
      /** The system or collection: of video surveillance, its id in the register. */
      system: column.text(),
      /** Who did it, and who got the data, so that each can be identified later. */
      actor: column.text(),
      recipient: column.text({nullable: true}),
      /** Whose data, where it was one person's. */
      subject: column.text({nullable: true}),
      purpose: column.text({nullable: true}),
      details: column.text({nullable: true}),
      recorded_by: column.text(),
      /** The last day of keeping. */
      kept_until: column.text(),
    },
    primaryKey: ['id'],
    indexes: [['at'], ['kept_until'], ['subject']],
  },
} as const

export type ProcessingLogTables = TablesOf<typeof tables>

export const migrations: readonly Migration[] = [{plugin: 'privacy', name: '0011_processing_log', tables}]
