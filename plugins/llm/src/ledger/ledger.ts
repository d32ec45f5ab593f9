import type {Quantities} from '@omni-ops/core/llm'
import type {Context} from '@omni-ops/core/operation'
import type {Store} from '@omni-ops/core/store'
import type {QuantityTables} from '../metering/tables.ts'
import type {CompletionUsage} from '../model/completion-event.ts'
import type {Attempt} from '../routing/routed-call.ts'
import type {LedgerTables} from './tables.ts'

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

/**
 * Writes calls down, before their callers learn that they have ended: a process that is killed behind an answer leaves
 * its record. A transaction waits for the disk, so the calls that end together, or while others are written, share one.
 */
export class Ledger {
  readonly #store: Store
  readonly #waiting = new Map<string, {context: WriterContext; entries: LedgerEntry[]}>()
  #writing: Promise<void> = Promise.resolve()
  /** Begins when the present one has ended. */
  #next: Promise<void> | undefined

  constructor(store: Store) {
    this.#store = store
  }

  /** Resolves when the entry is in the database. Rejects where that does not take it; the entry then waits for the next. */
  async record(context: WriterContext, entry: LedgerEntry): Promise<void> {
    const present = this.#waiting.get(context.tenant)
    const waiting = present ?? {context, entries: []}
    if (!present) this.#waiting.set(context.tenant, waiting)
    waiting.entries.push(entry)
    await this.flush()
  }

  /** Writes everything that waits. Rejects where the database does not take it; it then waits on. */
  flush(): Promise<void> {
    return (this.#next ??= this.#afterPresent())
  }

  async #afterPresent(): Promise<void> {
    await this.#writing.catch(() => undefined)
    // Calls that end in the same turn of the event loop go along.
    await new Promise(resolve => setImmediate(resolve))
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

  async #write(context: WriterContext, entries: readonly LedgerEntry[]): Promise<void> {
    // The caller may be gone, and what they used is written down all the same.
    const unitContext = {...context, signal: new AbortController().signal}
    await this.#store.unit(unitContext, {audit: false}, async unit => {
      const database = unit.database<LedgerTables & QuantityTables>()
      for (let at = 0; at < entries.length; at += rowsAtOnce) {
        const some = entries.slice(at, at + rowsAtOnce)
        await database.insertInto('llm_requests').values(some.map(requestRow)).execute()
        const attempts = some.flatMap(attemptRows)
        for (let from = 0; from < attempts.length; from += rowsAtOnce) {
          await database
            .insertInto('llm_attempts')
            .values(attempts.slice(from, from + rowsAtOnce))
            .execute()
        }
        const quantities = some.flatMap(quantityRows)
        if (quantities.length > 0) await database.insertInto('llm_quantities').values(quantities).execute()
        const contents = some.flatMap(contentRow)
        if (contents.length > 0) await database.insertInto('llm_contents').values(contents).execute()
      }
    })
  }
}

/** Bound variables are limited (SQLite: 32,766). */
const rowsAtOnce = 100

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

function contentRow({id, at, content}: LedgerEntry) {
  return content === undefined ? [] : [{request: id, at, ...content}]
}
