import {column, type Migration, type TablesOf} from '@omni-ops/core/store'

export const tables = {
  /** Every call, answered or not. */
  llm_requests: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      at: column.timestamp(),
      /** The operation that asked. */
      purpose: column.text(),
      principal: column.text(),
      /** The prefix of the API key that asked. */
      key: column.text({nullable: true}),
      /** As the caller named it. */
      target: column.text(),
      deployment: column.text({nullable: true}),
      provider: column.text(),
      model: column.text(),
      /** `answered`, `cached`, `failed`, `interrupted` or `cancelled`. */
      outcome: column.text(),
      /** The code of the error. */
      error: column.text({nullable: true}),
      attempts: column.integer(),
      input_tokens: column.integer({nullable: true}),
      cache_read_tokens: column.integer({nullable: true}),
      cache_write_tokens: column.integer({nullable: true}),
      output_tokens: column.integer({nullable: true}),
      reasoning_tokens: column.integer({nullable: true}),
      /** Tokens that we counted because the provider did not. */
      estimated: column.boolean(),
      /** 10⁻⁹ US dollars; null where no price is known. */
      cost_nano_usd: column.bigint({nullable: true}),
      duration_ms: column.integer(),
      /** Until the first content. */
      first_content_ms: column.integer({nullable: true}),
      overhead_ms: column.integer(),
    },
    primaryKey: ['id'],
    indexes: [['at'], ['key', 'at']],
  },
  /** Every request to a provider. What it said is not here: it can echo secrets. */
  llm_attempts: {
    scope: 'tenant',
    columns: {
      request: column.text(),
      number: column.integer(),
      deployment: column.text(),
      provider: column.text(),
      model: column.text(),
      started_at: column.timestamp(),
      duration_ms: column.integer(),
      outcome: column.text(),
      status: column.integer({nullable: true}),
    },
    primaryKey: ['request', 'number'],
    references: [{columns: ['request'], table: 'llm_requests', to: ['id'], onDelete: 'cascade'}],
  },
  /** Prompts and answers, where `llm.log_content` is on. */
  llm_contents: {
    scope: 'tenant',
    columns: {
      request: column.text(),
      /** Whom they are about, where the caller said. */
      subject: column.text({nullable: true}),
      at: column.timestamp(),
      prompt: column.text(),
      answer: column.text(),
    },
    primaryKey: ['request'],
    references: [{columns: ['request'], table: 'llm_requests', to: ['id'], onDelete: 'cascade'}],
    indexes: [['subject']],
  },
} as const

export const openCallTables = {
  /** Calls that have been under way for a while, so that the end of their process leaves something of them. */
  llm_open_calls: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      at: column.timestamp(),
      purpose: column.text(),
      principal: column.text(),
      key: column.text({nullable: true}),
      target: column.text(),
      /** Who was being asked when this was written. */
      deployment: column.text({nullable: true}),
      provider: column.text(),
      model: column.text(),
      attempts: column.integer(),
      /** Counted by us. */
      input_tokens: column.integer(),
      /** Of the prompt alone, and of the attempts that failed before; null where no price is known. */
      cost_nano_usd: column.bigint({nullable: true}),
      /** After that the call is taken for dead. */
      expires_at: column.timestamp(),
    },
    primaryKey: ['id'],
    indexes: [['expires_at']],
  },
} as const

const endedCallTables = {
  /** Calls that have ended, on their way into `llm_requests`. Files of the journal took its place. */
  llm_ended_calls: {
    scope: 'tenant',
    columns: {
      id: column.id(),
      principal: column.text(),
      /** What the other tables get, as JSON. */
      record: column.text(),
    },
    primaryKey: ['id'],
  },
} as const

export type LedgerTables = TablesOf<typeof tables> & TablesOf<typeof openCallTables>

export const migrations: readonly Migration[] = [{plugin: 'llm', name: '0001_ledger', tables}]
export const openCallMigrations: readonly Migration[] = [
  {plugin: 'llm', name: '0006_open_calls', tables: openCallTables},
]
/** As they were written. */
function withBigints(_: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'bigint' in value ? BigInt(String(value.bigint)) : value
}

export const endedCallMigrations: readonly Migration[] = [
  {plugin: 'llm', name: '0008_ended_calls', tables: endedCallTables},
  {
    plugin: 'llm',
    name: '0010_ended_calls_in_files',
    // What a killed process has left there.
    async up({database}) {
      for (const {tenant, principal, record} of await database.selectFrom('llm_ended_calls').selectAll().execute()) {
        const {request, attempts, quantities} = JSON.parse(record as string, withBigints) as Record<string, object[]>
        const rows = {llm_requests: [{...request, principal}], llm_attempts: attempts!, llm_quantities: quantities!}
        for (const [table, each] of Object.entries(rows)) {
          for (const row of each)
            await database
              .insertInto(table)
              .values({...row, tenant})
              .execute()
        }
      }
    },
    drops: ['llm_ended_calls'],
  },
]
