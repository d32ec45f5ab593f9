import type {PreparedQuery, Store, TenantWriter, Unit} from '@omni-ops/core/store'
import type {QuantityTables} from '../metering/tables.ts'
import {
  type AttemptRow,
  attemptRows,
  type LedgerEntry,
  type OpenRow,
  type QuantityRow,
  quantityRows,
  type RequestRow,
  requestRow,
} from './ledger-entry.ts'
import {type LedgerTables, openCallTables, tables} from './tables.ts'

type ContentRow = {readonly request: string; readonly at: string} & NonNullable<LedgerEntry['content']>

/** The rows that a call leaves. */
export interface CallRecord {
  /** It was noted while it was under way: the note goes. */
  readonly isNoted: boolean
  readonly request: RequestRow
  readonly attempts: readonly AttemptRow[]
  readonly quantities: readonly QuantityRow[]
  readonly content?: ContentRow
}

export function callRecord(entry: LedgerEntry, isNoted: boolean): CallRecord {
  return {
    isNoted,
    request: requestRow(entry),
    attempts: attemptRows(entry),
    quantities: quantityRows(entry),
    ...(entry.content ? {content: {request: entry.id, at: entry.at, ...storable(entry.content)}} : {}),
  }
}

/** PostgreSQL takes no NUL and no half of a surrogate pair in a text, and one such record would hold up all others. */
function storable({subject, prompt, answer}: NonNullable<LedgerEntry['content']>) {
  const text = (given: string) => given.toWellFormed().replaceAll('\0', '\u{fffd}')
  return {subject: subject === null ? null : text(subject), prompt: text(prompt), answer: text(answer)}
}

/** The statements that write calls down, each prepared once. */
export interface LedgerWrites {
  readonly open: PreparedQuery<OpenRow, unknown>
  readonly withoutNote: PreparedQuery<Pick<OpenRow, 'id'>, unknown>
  readonly withoutEstimate: PreparedQuery<Pick<OpenRow, 'id'>, unknown>
  readonly request: PreparedQuery<RequestRow, unknown>
  readonly attempt: PreparedQuery<AttemptRow, unknown>
  readonly content: PreparedQuery<ContentRow, unknown>
}

export function ledgerWrites(store: Store): LedgerWrites {
  type Database = TenantWriter<LedgerTables>
  const {llm_requests: requests, llm_attempts: attempts, llm_contents: contents} = tables
  const {llm_open_calls: openCalls} = openCallTables
  return {
    open: store.prepare(names(openCalls.columns), (database: Database, row: OpenRow) =>
      database.insertInto('llm_open_calls').values(row),
    ),
    withoutNote: store.prepare(['id'], (database: Database, {id}: Pick<OpenRow, 'id'>) =>
      database.deleteFrom('llm_open_calls').where('id', '=', id),
    ),
    withoutEstimate: store.prepare(['id'], (database: Database, {id}: Pick<OpenRow, 'id'>) =>
      database.deleteFrom('llm_requests').where('id', '=', id),
    ),
    request: store.prepare(names(requests.columns), (database: Database, row: RequestRow) =>
      database
        .insertInto('llm_requests')
        .values(row)
        .onConflict(conflict => conflict.doNothing()),
    ),
    attempt: store.prepare(names(attempts.columns), (database: Database, row: AttemptRow) =>
      database
        .insertInto('llm_attempts')
        .values(row)
        .onConflict(conflict => conflict.doNothing()),
    ),
    content: store.prepare(names(contents.columns), (database: Database, row: ContentRow) =>
      database.insertInto('llm_contents').values(row),
    ),
  }
}

function names<Columns extends object>(columns: Columns): (string & keyof Columns)[] {
  return Object.keys(columns) as (string & keyof Columns)[]
}

/** Writes the rows of a call, unless they are there. */
export async function insertCall(unit: Unit, writes: LedgerWrites, record: CallRecord): Promise<void> {
  const {isNoted, request, attempts, quantities, content} = record
  if (isNoted) {
    await unit.run(writes.withoutNote, {id: request.id})
    // Where it was taken for dead, as its process had stood still, the record takes the place of the estimate.
    await unit.run(writes.withoutEstimate, {id: request.id})
  }
  await unit.run(writes.request, request)
  for (const row of attempts) await unit.run(writes.attempt, row)
  if (quantities.length > 0) {
    await unit
      .database<QuantityTables>()
      .insertInto('llm_quantities')
      .values([...quantities])
      .onConflict(conflict => conflict.doNothing())
      .execute()
  }
  if (content) await unit.run(writes.content, content)
}
