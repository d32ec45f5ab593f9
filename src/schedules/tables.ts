import type {KeptRights} from '../jobs/kept-rights.ts'
import {column, type TablesOf} from '../store/column-definition.ts'
import type {Migration} from '../store/migration.ts'

export const scheduleTables = {
  omni_schedules: {
    scope: 'tenant',
    columns: {
      /** What its owner calls it. */
      id: column.text(),
      operation: column.text(),
      input: column.json<Record<string, unknown>>(),
      /** Five fields: minute, hour, day of the month, month, day of the week. */
      cron: column.text(),
      /** Whose clock it goes by (IANA). */
      zone: column.text(),
      /** Who made it, with the rights they had then: its runs are theirs. */
      principal: column.text(),
      rights: column.json<KeptRights>(),
      created_at: column.timestamp(),
      /** When it is to run next. */
      due_at: column.timestamp(),
      /** When it was to run and did not, since the run before was not over. */
      skipped_at: column.timestamp({nullable: true}),
      /** Of the last run: the job that does it, where a server does. */
      job: column.text({nullable: true}),
      /** Of the last run: `running`, `done`, `failed` or `cancelled`; null before the first. */
      status: column.text({nullable: true}),
      started_at: column.timestamp({nullable: true}),
      finished_at: column.timestamp({nullable: true}),
      exit_code: column.integer({nullable: true}),
      error: column.nullableJson<Record<string, unknown>>(),
    },
    primaryKey: ['id'],
  },
} as const

export type ScheduleDatabase = TablesOf<typeof scheduleTables>

export const scheduleMigration: Migration = {
  plugin: 'omni',
  name: '0011_schedules',
  tables: scheduleTables,
  async up(schema) {
    // Workers look across all tenants, so this index does not begin with one.
    await schema.addIndex('omni_schedules', ['due_at', 'id'])
  },
}
