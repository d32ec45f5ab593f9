import type {Context} from '@omni-ops/core/operation'
import type {PreparedQuery, Store, TenantWriter} from '@omni-ops/core/store'
import {type CallRecord, insertCall, type LedgerWrites} from './ledger-writes.ts'
import {endedCallTables, type LedgerTables} from './tables.ts'

type WriterContext = Pick<Context, 'tenant' | 'principal' | 'operation' | 'clock' | 'random' | 'signal'>

type EndedRow = {readonly id: string; readonly principal: string; readonly record: string}

/**
 * The journal of the ledger: a call that ends alone is one row of one table, and becomes what it is in the others
 * together with those that follow it. Whichever process moves rows on does so in one transaction, so that each call is
 * in one place or the other, and in none twice; those of a process that was killed are moved on by the next that comes by.
 */
export class EndedCalls {
  readonly #store: Store
  readonly #writes: LedgerWrites
  readonly #append: PreparedQuery<EndedRow, unknown>
  readonly #take: PreparedQuery<object, EndedRow>

  constructor(store: Store, writes: LedgerWrites) {
    this.#store = store
    this.#writes = writes
    const columns = Object.keys(endedCallTables.llm_ended_calls.columns) as (keyof EndedRow)[]
    this.#append = store.prepare(columns, (database: TenantWriter<LedgerTables>, row: EndedRow) =>
      database.insertInto('llm_ended_calls').values(row),
    )
    this.#take = store.prepare([], (database: TenantWriter<LedgerTables>) =>
      database.deleteFrom('llm_ended_calls').returning(['id', 'principal', 'record']),
    )
  }

  /** Resolves when the call survives the end of the process. */
  append(context: WriterContext, {request: {principal, ...request}, ...rest}: CallRecord): Promise<void> {
    const record = JSON.stringify({...rest, request}, (_, value: unknown) =>
      typeof value === 'bigint' ? {bigint: String(value)} : value,
    )
    return this.#store.append(context, this.#append, {id: request.id, principal, record}, {survives: 'process-end'})
  }

  /** Moves all of the tenant's on, whichever process has left them. */
  async moveOn(context: WriterContext): Promise<void> {
    await this.#store.unit(context, {audit: false, survives: 'process-end'}, async unit => {
      for (const row of await unit.run(this.#take, {})) await insertCall(unit, this.#writes, recordOf(row))
    })
  }
}

function recordOf({principal, record}: EndedRow): CallRecord {
  const {request, ...rest} = JSON.parse(record, (_, value: unknown) =>
    isBigint(value) ? BigInt(value.bigint) : value,
  ) as CallRecord
  return {...rest, request: {...request, principal}}
}

function isBigint(value: unknown): value is {readonly bigint: string} {
  return typeof value === 'object' && value !== null && 'bigint' in value
}
