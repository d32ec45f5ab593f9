import {column, type TablesOf} from '../store/column-definition.ts'
import type {Migration} from '../store/migration.ts'
import type {KeptRights} from './kept-rights.ts'

export const jobTables = {
  omni_jobs: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      operation: column.text(),
      input: column.json<Record<string, unknown>>(),
      /** Who asked, with the rights they had then. */
      principal: column.text(),
      rights: column.json<KeptRights>(),
      request_id: column.text(),
      status: column.text(),
      created_at: column.timestamp(),
      started_at: column.timestamp({nullable: true}),
      finished_at: column.timestamp({nullable: true}),
      /** When a worker may take it: at once for a new one, after the lease for one that another has. */
      available_at: column.timestamp(),
      claimed_by: column.text({nullable: true}),
      attempts: column.integer({default: 0}),
      cancel_requested: column.boolean({default: false}),
      committed: column.boolean({default: false}),
      progress: column.nullableJson<Record<string, unknown>>(),
      /** JSON text, as the operation answered. */
      output: column.text({nullable: true}),
      exit_code: column.integer({nullable: true}),
      error: column.nullableJson<Record<string, unknown>>(),
    },
    primaryKey: ['id'],
    indexes: [['principal', 'id']],
  },
  omni_job_events: {
    scope: 'tenant',
    columns: {
      job: column.text(),
      /** 1, 2, 3 … */
      seq: column.integer(),
      event: column.text(),
      data: column.json<Record<string, unknown>>(),
    },
    primaryKey: ['job', 'seq'],
    references: [{columns: ['job'], table: 'omni_jobs', to: ['id'], onDelete: 'cascade'}],
  },
} as const

export type JobDatabase = TablesOf<typeof jobTables>

export const jobMigration: Migration = {
  plugin: 'omni',
  name: '0005_jobs',
  tables: jobTables,
  async up(schema) {
    // Workers look across all tenants, so this index does not begin with one.
    await schema.addIndex('omni_jobs', ['status', 'available_at', 'id'])
  },
}
