import {auditMigration} from '../audit/migration.ts'
import {openingMigration} from '../audit/opening.ts'
import {modelTables} from '../llm/tables.ts'
import {jobMigration} from '../jobs/tables.ts'
import {keyMigration} from '../keys/tables.ts'
import {erasureMigration} from '../privacy/erasure-tables.ts'
import {scheduleMigration} from '../schedules/tables.ts'
import {answerMigration} from '../server/answer-table.ts'
import {limitMigration} from '../server/limit-table.ts'
import {webhookMigration} from '../webhooks/tables.ts'
import {column, type TablesOf} from './column-definition.ts'
import type {Migration} from './migration.ts'

export const unitTables = {
  omni_idempotency: {
    scope: 'tenant',
    columns: {
      principal: column.text(),
      key: column.text(),
      /** SHA-256 over the operation and its request. */
      digest: column.text(),
      /** JSON text of what the unit returned; null while it runs. */
      response: column.text({nullable: true}),
      created_at: column.timestamp(),
      expires_at: column.timestamp(),
    },
    primaryKey: ['principal', 'key'],
    indexes: [['expires_at']],
  },
  omni_outbox: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      event: column.text(),
      payload: column.json<object>(),
      created_at: column.timestamp(),
      /** Not before this time: now for a new event, later after a failure or while a worker has it. */
      available_at: column.timestamp(),
      attempts: column.integer({default: 0}),
      claimed_by: column.text({nullable: true}),
      last_error: column.text({nullable: true}),
    },
    primaryKey: ['id'],
  },
} as const

export type UnitDatabase = TablesOf<typeof unitTables>

/** The kernel's own tables, applied before those of any plugin. */
export const kernelMigrations: readonly Migration[] = [
  auditMigration,
  {
    plugin: 'omni',
    name: '0002_units',
    tables: unitTables,
    async up(schema) {
      // Workers look across all tenants, so this index does not begin with one.
      await schema.addIndex('omni_outbox', ['available_at', 'id'])
    },
  },
  keyMigration,
  answerMigration,
  jobMigration,
  limitMigration,
  {plugin: 'omni', name: '0007_models', tables: modelTables},
  webhookMigration,
  erasureMigration,
  openingMigration,
  scheduleMigration,
]
