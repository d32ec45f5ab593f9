import {column, type TablesOf} from '../store/column-definition.ts'
import type {DialectName} from '../store/engine.ts'
import type {Migration} from '../store/migration.ts'

export const auditTables = {
  omni_audit: {
    scope: 'tenant',
    columns: {
      seq: column.integer(),
      version: column.integer(),
      at: column.timestamp(),
      principal: column.text(),
      operation: column.text(),
      action: column.text(),
      resource: column.text(),
      // Text and not JSON: its bytes are evidence.
      details: column.text(),
      prev_hash: column.text(),
      hash: column.text(),
    },
    primaryKey: ['seq'],
    indexes: [['at'], ['hash']],
  },
  omni_audit_head: {
    scope: 'tenant',
    columns: {seq: column.integer(), hash: column.text()},
    primaryKey: [],
  },
} as const

export type AuditDatabase = TablesOf<typeof auditTables>

/** The log and the head of each tenant's chain, and triggers which refuse to change an entry. */
export const auditMigration: Migration = {
  plugin: 'omni',
  name: '0001_audit',
  tables: auditTables,
  async up(schema) {
    for (const statement of appendOnly[schema.dialect]) await schema.statement(statement)
  },
}

const appendOnly: Readonly<Record<DialectName, readonly string[]>> = {
  sqlite: ['update', 'delete'].map(
    verb => `create trigger omni_audit_no_${verb} before ${verb} on omni_audit
      begin select raise(abort, 'omni_audit is append-only'); end`,
  ),
  postgres: [
    `create function omni_audit_append_only() returns trigger language plpgsql as $$
      begin raise exception 'omni_audit is append-only'; end $$`,
    `create trigger omni_audit_no_change before update or delete on omni_audit
      for each row execute function omni_audit_append_only()`,
    `create trigger omni_audit_no_truncate before truncate on omni_audit
      for each statement execute function omni_audit_append_only()`,
  ],
}
