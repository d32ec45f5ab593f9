import type {Quantities} from '@omni-ops/core/llm'
import type {Context} from '@omni-ops/core/operation'
import type {PreparedQuery, Store, TenantWriter, Unit} from '@omni-ops/core/store'
import type {QuantityTables} from '../metering/tables.ts'
import type {CompletionUsage} from '../model/completion-event.ts'
import {spendReserved} from '../budget/budgets.ts'
import type {BudgetTables} from '../budget/tables.ts'
import type {Attempt} from '../routing/routed-call.ts'
import type {Timing} from '../routing/timing.ts'
import {type LedgerTables, openCallTables, tables} from './tables.ts'

type WriterContext = Pick<Context, 'tenant' | 'principal' | 'operation' | 'clock' | 'random'>

/** What is written down of a call. */
export interface LedgerEntry {
  readonly id: string
  readonly at: string
  readonly purpose: string
  readonly principal: string
  readonly key: string | null
  readonly target: string
  readonly deployment: string | null
  readonly provider: string
  readonly model: string
  readonly outcome: 'answered' | 'cached' | 'failed' | 'interrupted' | 'cancelled'
  readonly error: string | null
  readonly attempts: readonly Attempt[]
  readonly usage: CompletionUsage
  /** What was used beside text. */
  readonly quantities?: Quantities
  readonly costNanoUsd: bigint | null
  readonly durationMs: number
  readonly firstContentMs: number | null
  readonly overheadMs: number
  readonly content?: {readonly subject: string | null; readonly prompt: string; readonly answer: string}
}

/** Whether what was asked and answered may be kept, asked in the unit that writes it down. */
export type KeepsContent = (
  unit: Unit,
  tenant: string,
  content: NonNullable<LedgerEntry['content']>,
) => Promise<boolean>

/** A call that is under way, as it is known when it begins. */
export interface OpenCall {
  readonly id: string
  readonly at: string
  readonly purpose: string
  readonly principal: string
  readonly key: string | null
  readonly target: string
  /** ISO 8601; after that the call is taken for dead. */
  readonly expiresAt: string
  /** What it has come to. Asked for when the call is noted, and most are not: they end before. */
  readonly state: () => Promise<OpenCallState>
}

export interface OpenCallState {
  readonly deployment: string | null
  readonly provider: string
  readonly model: string
  readonly attempts: number
  readonly inputTokens: number
  /** What it costs at the least; null where no price is known. */
  readonly costNanoUsd: bigint | null
}

interface Open {
  readonly context: WriterContext
  readonly call: OpenCall
  /** Whether it was there when the clock last struck. */
  isOld: boolean
  isNoted: boolean
}

/** A call that lasts for twice as many milliseconds is noted for certain. */
const noteEvery = 500
/** How often, in milliseconds, a tenant's calls are looked through for those whose process has ended. */
const settleEvery = 60_000

/**
 * Writes calls down, before their callers learn that they have ended: a process that is killed behind an answer leaves
 * its record. The answer does not wait for the disk, which has the record a moment later; what is spent of a budget
 * does (`Budgets`). The calls that end together, or while others are written, share a transaction.
 *
 * A call that lasts is noted while it is under way, and the note goes with the record. What a killed process leaves are
 * notes: when their time is over, whoever comes by makes estimated records of them.
 */
export class Ledger {
  readonly #store: Store
  readonly #writes: Writes
  readonly #waiting = new Map<string, {context: WriterContext; entries: Waiting[]}>()
  #writing: Promise<void> = Promise.resolve()
  /** Begins when the present one has ended. */
  #next: Promise<void> | undefined
  readonly #timing: Timing
  readonly #keepsContent: KeepsContent
  readonly #open = new Map<string, Open>()
  #stopTicking: (() => void) | undefined
  /** By tenant, when abandoned calls were last looked for. */
  readonly #settledAt = new Map<string, number>()

  constructor(store: Store, timing: Timing, keepsContent: KeepsContent = async () => true) {
    this.#keepsContent = keepsContent
    this.#store = store
    this.#writes = writesOf(store)
    this.#timing = timing
  }

  /**
   * A call begins. It ends with `record`.
   * @returns now and then something to wait for: what dead calls have spent counts against the budgets of this one
   */
  open(context: WriterContext, call: OpenCall): Promise<void> | undefined {
    this.#open.set(call.id, {context, call, isOld: false, isNoted: false})
    this.#tick()
    const now = context.clock.elapsed()
    const settledAt = this.#settledAt.get(context.tenant)
    if (settledAt !== undefined && now - settledAt < settleEvery) return undefined
    this.#settledAt.set(context.tenant, now)
    // A database that is away is told of by those who need it.
    return this.settleAbandoned(context).catch(() => undefined)
  }

  /** What other processes see of this one's calls is complete, and those of dead ones have their records. */
  async complete(context: WriterContext): Promise<void> {
    await this.flush()
    await this.settleAbandoned(context)
  }

  /**
   * Makes records of the calls whose time is over and whose process has left no record: interrupted, with the prompt as
   * what was used at the least. A budget from which they had reserved has spent as much.
   */
  async settleAbandoned(context: WriterContext): Promise<void> {
    const now = context.clock.now().toISOString()
    const abandoned = await this.#store
      .read<LedgerTables>(context.tenant)
      .selectFrom('llm_open_calls')
      .selectAll()
      .where('expires_at', '<=', now)
      .execute()
    for (const {tenant: _, ...call} of abandoned) {
      await this.#store.unit(uncancelled(context), {audit: false}, async unit => {
        const database = unit.database<LedgerTables & BudgetTables>()
        const {numDeletedRows} = await database
          .deleteFrom('llm_open_calls')
          .where('id', '=', call.id)
          .executeTakeFirstOrThrow()
        if (numDeletedRows === 0n) return
        await database
          .insertInto('llm_requests')
          .values(abandonedRow(call))
          .onConflict(conflict => conflict.columns(['id']).doNothing())
          .execute()
        await spendReserved(database, call.id, call.cost_nano_usd)
      })
    }
  }

  #tick(): void {
    if (this.#open.size === 0) return
    this.#stopTicking ??= this.#timing.after(noteEvery, () => {
      this.#stopTicking = undefined
      // The record at the end does not depend on it.
      this.noteOpen().catch(() => undefined)
      this.#tick()
    })
  }

  /** Notes the calls that have been under way since it was called before. */
  async noteOpen(): Promise<void> {
    const due = new Map<string, Open[]>()
    for (const each of this.#open.values()) {
      if (each.isOld && !each.isNoted) due.set(each.context.tenant, [...(due.get(each.context.tenant) ?? []), each])
      each.isOld = true
    }
    for (const calls of due.values()) {
      const rows = await Promise.all(
        calls.map(async each => ({each, row: openRow(each.call, await each.call.state())})),
      )
      const {context} = calls[0]!
      await this.#store.unit(uncancelled(context), {audit: false, survives: 'process-end'}, async unit => {
        for (const {each, row} of rows) {
          // It may have ended since.
          if (!this.#open.has(row.id)) continue
          each.isNoted = true
          await unit.run(this.#writes.open, row)
        }
      })
    }
  }

  /** Resolves when the entry is in the database. Rejects where that does not take it; the entry then waits for the next. */
  async record(context: WriterContext, entry: LedgerEntry): Promise<void> {
    const present = this.#waiting.get(context.tenant)
    const waiting = present ?? {context, entries: []}
    if (!present) this.#waiting.set(context.tenant, waiting)
    const open = this.#open.get(entry.id)
    this.#open.delete(entry.id)
    if (this.#open.size === 0) {
      this.#stopTicking?.()
      this.#stopTicking = undefined
    }
    waiting.entries.push({entry, isNoted: open?.isNoted === true})
    await this.flush()
  }

  /** Writes everything that waits. Rejects where the database does not take it; it then waits on. */
  flush(): Promise<void> {
    return (this.#next ??= this.#afterPresent())
  }

  async #afterPresent(): Promise<void> {
    await this.#writing.catch(() => undefined)
    // Calls that end in the same turn of the event loop go along, where there are others.
    if (this.#open.size > 0) await new Promise(resolve => setImmediate(resolve))
    this.#next = undefined
    this.#writing = this.#writeAll()
    await this.#writing
  }

  async #writeAll(): Promise<void> {
    for (const [tenant, {context, entries}] of this.#waiting) {
      this.#waiting.delete(tenant)
      try {
        await this.#write(context, entries)
      } catch (error) {
        const later = this.#waiting.get(tenant)
        this.#waiting.set(tenant, {context, entries: [...entries, ...(later?.entries ?? [])]})
        throw error
      }
    }
  }

  async #write(context: WriterContext, entries: readonly Waiting[]): Promise<void> {
    await this.#store.unit(uncancelled(context), {audit: false, survives: 'process-end'}, async unit => {
      for (const {entry, isNoted} of entries) {
        // Where it was taken for dead, as this process had stood still, the record takes the place of the estimate.
        if (isNoted) await this.#forgetNote(unit, entry.id)
        await this.#insertEntry(unit, context.tenant, entry)
      }
    })
  }

  async #forgetNote(unit: Unit, id: string): Promise<void> {
    await unit.run(this.#writes.withoutNote, {id})
    await unit.run(this.#writes.withoutEstimate, {id})
  }

  async #insertEntry(unit: Unit, tenant: string, entry: LedgerEntry): Promise<void> {
    const {request, attempt, content} = this.#writes
    await unit.run(request, requestRow(entry))
    for (const row of attemptRows(entry)) await unit.run(attempt, row)
    const quantities = quantityRows(entry)
    if (quantities.length > 0) {
      await unit.database<QuantityTables>().insertInto('llm_quantities').values(quantities).execute()
    }
    if (!entry.content || !(await this.#keepsContent(unit, tenant, entry.content))) return
    await unit.run(content, {request: entry.id, at: entry.at, ...entry.content})
  }
}

interface Waiting {
  readonly entry: LedgerEntry
  readonly isNoted: boolean
}

/** The caller may be gone, and what they used is written down all the same. */
function uncancelled(context: WriterContext): WriterContext & {readonly signal: AbortSignal} {
  const {tenant, principal, operation, clock, random} = context
  return {tenant, principal, operation, clock, random, signal: never}
}

const never = new AbortController().signal

type OpenRow = ReturnType<typeof openRow>
type RequestRow = ReturnType<typeof requestRow>
type AttemptRow = ReturnType<typeof attemptRows>[number]
type ContentRow = {readonly request: string; readonly at: string} & NonNullable<LedgerEntry['content']>

interface Writes {
  readonly open: PreparedQuery<OpenRow, unknown>
  readonly withoutNote: PreparedQuery<Pick<OpenRow, 'id'>, unknown>
  readonly withoutEstimate: PreparedQuery<Pick<OpenRow, 'id'>, unknown>
  readonly request: PreparedQuery<RequestRow, unknown>
  readonly attempt: PreparedQuery<AttemptRow, unknown>
  readonly content: PreparedQuery<ContentRow, unknown>
}

function writesOf(store: Store): Writes {
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
      database.insertInto('llm_requests').values(row),
    ),
    attempt: store.prepare(names(attempts.columns), (database: Database, row: AttemptRow) =>
      database.insertInto('llm_attempts').values(row),
    ),
    content: store.prepare(names(contents.columns), (database: Database, row: ContentRow) =>
      database.insertInto('llm_contents').values(row),
    ),
  }
}

function names<Columns extends object>(columns: Columns): (string & keyof Columns)[] {
  return Object.keys(columns) as (string & keyof Columns)[]
}

function openRow(call: OpenCall, state: OpenCallState) {
  return {
    id: call.id,
    at: call.at,
    purpose: call.purpose,
    principal: call.principal,
    key: call.key,
    target: call.target,
    deployment: state.deployment,
    provider: state.provider,
    model: state.model,
    attempts: state.attempts,
    input_tokens: state.inputTokens,
    cost_nano_usd: state.costNanoUsd,
    expires_at: call.expiresAt,
  }
}

/** Of a call whose end nobody has seen, hence no times are known. */
function abandonedRow({expires_at: _, ...call}: OpenRow): RequestRow {
  return {
    ...call,
    outcome: 'interrupted',
    error: 'llm_process_ended',
    cache_read_tokens: null,
    cache_write_tokens: null,
    output_tokens: null,
    reasoning_tokens: null,
    estimated: true,
    duration_ms: 0,
    first_content_ms: null,
    overhead_ms: 0,
  }
}

function requestRow(entry: LedgerEntry) {
  const {usage} = entry
  return {
    id: entry.id,
    at: entry.at,
    purpose: entry.purpose,
    principal: entry.principal,
    key: entry.key,
    target: entry.target,
    deployment: entry.deployment,
    provider: entry.provider,
    model: entry.model,
    outcome: entry.outcome,
    error: entry.error,
    attempts: entry.attempts.length,
    input_tokens: usage.input.total,
    cache_read_tokens: usage.input.cacheRead,
    cache_write_tokens: usage.input.cacheWrite,
    output_tokens: usage.output.total,
    reasoning_tokens: usage.output.reasoning,
    estimated: usage.estimated === true,
    cost_nano_usd: entry.costNanoUsd,
    duration_ms: Math.round(entry.durationMs),
    first_content_ms: entry.firstContentMs === null ? null : Math.round(entry.firstContentMs),
    overhead_ms: Math.round(entry.overheadMs),
  }
}

function attemptRows({id, attempts}: LedgerEntry) {
  return attempts.map((attempt, index) => ({
    request: id,
    number: index + 1,
    deployment: attempt.deployment,
    provider: attempt.provider,
    model: attempt.model,
    started_at: attempt.startedAt,
    duration_ms: Math.round(attempt.durationMs),
    outcome: attempt.outcome,
    status: attempt.status,
  }))
}

function quantityRows({id, quantities = {}}: LedgerEntry) {
  return Object.entries(quantities).map(([unit, quantity]) => ({
    request: id,
    unit,
    thousandths: BigInt(Math.ceil(quantity * 1_000)),
  }))
}
