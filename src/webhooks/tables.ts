import {column, type TablesOf} from '../store/column-definition.ts'
import type {Migration} from '../store/migration.ts'

export const webhookTables = {
  omni_webhook_endpoints: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      name: column.text(),
      url: column.text(),
      /** Types of events, `rag.*` for all of a kind, `*` for all. */
      events: column.json<string[]>(),
      /** The secret that signs, sealed with the installation's key. */
      secret: column.bytes(),
      /** The one before it, which signs too until its time is over. */
      previous_secret: column.bytes({nullable: true}),
      previous_secret_ends_at: column.timestamp({nullable: true}),
      created_at: column.timestamp(),
      created_by: column.text(),
      disabled_at: column.timestamp({nullable: true}),
      disabled_reason: column.text({nullable: true}),
      /** Since when nothing was delivered; null where the last attempt was well. */
      failing_since: column.timestamp({nullable: true}),
      /** The receiver asked to be left alone so long. */
      paused_until: column.timestamp({nullable: true}),
    },
    primaryKey: ['id'],
    unique: [['name']],
  },
  omni_webhook_deliveries: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      endpoint: column.text(),
      /** The id of the event, by which the receiver knows it. */
      event: column.text(),
      type: column.text(),
      /** What is sent, to the byte: each attempt signs the same. */
      body: column.text(),
      status: column.text(),
      created_at: column.timestamp(),
      /** When it is to be attempted, or when the lease of the worker that has it ends; null when it is finished. */
      due_at: column.timestamp({nullable: true}),
      claimed_by: column.text({nullable: true}),
      /** How often it was attempted in all, and since it was last put on the schedule. */
      attempts: column.integer({default: 0}),
      tries: column.integer({default: 0}),
      finished_at: column.timestamp({nullable: true}),
    },
    primaryKey: ['id'],
    unique: [['endpoint', 'event']],
    indexes: [['endpoint', 'id']],
    references: [{columns: ['endpoint'], table: 'omni_webhook_endpoints', to: ['id'], onDelete: 'cascade'}],
  },
  omni_webhook_attempts: {
    scope: 'tenant',
    columns: {
      delivery: column.text(),
      /** 1, 2, 3 … */
      number: column.integer(),
      at: column.timestamp(),
      milliseconds: column.integer(),
      /** Of HTTP; null where there was no answer. */
      status: column.integer({nullable: true}),
      /** The kind of failure; null where it was delivered. */
      error: column.text({nullable: true}),
      /** The beginning of what was answered to a failure. */
      response: column.text({nullable: true}),
    },
    primaryKey: ['delivery', 'number'],
    references: [{columns: ['delivery'], table: 'omni_webhook_deliveries', to: ['id'], onDelete: 'cascade'}],
  },
} as const

export type WebhookDatabase = TablesOf<typeof webhookTables>

export const webhookMigration: Migration = {
  plugin: 'omni',
  name: '0008_webhooks',
  tables: webhookTables,
  async up(schema) {
    // A worker looks for what is due endpoint by endpoint; what is finished would only be in the way.
    await schema.statement(
      'create index omni_webhook_deliveries_due on omni_webhook_deliveries (tenant, endpoint, due_at) where due_at is not null',
    )
    // What is old is forgotten for all tenants at once.
    await schema.statement(
      'create index omni_webhook_deliveries_finished on omni_webhook_deliveries (finished_at) where finished_at is not null',
    )
    await schema.addIndex('omni_webhook_attempts', ['at'])
  },
}
