import type {Context} from '@omni-ops/core/operation'
import type {Store, Unit} from '@omni-ops/core/store'
import {spendReserved} from '../budget/budgets.ts'
import type {BudgetTables} from '../budget/tables.ts'
import type {Timing} from '../routing/timing.ts'
import {CallJournal, type JournalFile} from './call-journal.ts'
import {abandonedRow, type LedgerEntry, type OpenCall, openRow} from './ledger-entry.ts'
import {OpenCalls} from './open-calls.ts'
import {callRecord, type CallRecord, insertCall, type LedgerWrites, ledgerWrites} from './ledger-writes.ts'
import type {LedgerTables} from './tables.ts'

type WriterContext = Pick<Context, 'tenant' | 'principal' | 'operation' | 'clock' | 'random'>

/** Whether what was asked and answered may be kept, asked in the unit that writes it down. */
export type KeepsContent = (
  unit: Unit,
  tenant: string,
  content: NonNullable<LedgerEntry['content']>,
) => Promise<boolean>

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
/** How long a call is in the journal at most, in milliseconds, while its process lives. */
const moveOnAfter = 200
/** So many calls in a row are few. */
const fewInRow = 8
/** So many calls are moved on together: more would keep the next caller waiting. */
const mostJournalled = 64
/** Whoever has not moved on what is in a file for as many milliseconds has ended, or writes the same again. */
const abandonedAfter = 10_000

/**
 * Writes calls down, before their callers learn that they have ended: a process that is killed behind an answer leaves
 * its record. The answer does not wait for the disk, which has the record a moment later; what is spent of a budget
 * does (`Budgets`). The calls that end together, or while others are written, share a transaction; those that end one
 * after the other are lines of a journal first (`CallJournal`), where the database is in this process, and share one a
 * moment later.
 *
 * A call that lasts is noted while it is under way, and the note goes with the record. What a killed process leaves are
 * notes: when their time is over, whoever comes by makes estimated records of them.
 */
export class Ledger {
  readonly #store: Store
  readonly #writes: LedgerWrites
  readonly #journal: CallJournal | undefined
  readonly #waiting = new Map<string, {context: WriterContext; records: CallRecord[]}>()
  #writing: Promise<void> = Promise.resolve()
  /** Begins when the present one has ended. */
  #next: Promise<void> | undefined
  readonly #timing: Timing
  readonly #keepsContent: KeepsContent
  readonly #open = new OpenCalls<Open>()
  #stopTicking: (() => void) | undefined
  /** By tenant, when abandoned calls were last looked for. */
  readonly #settledAt = new Map<string, number>()
  /** When a call was last written down, on the clock that only goes on. */
  #recordedAt = Number.NEGATIVE_INFINITY
  /** How many before the last one had another shortly before them. */
  #inRow = 0
  /** Who wrote into the journal last. */
  #journalist: WriterContext | undefined
  /** Files of the journal whose calls are not rows yet. */
  readonly #unmoved: JournalFile[] = []
  #moving: Promise<void> = Promise.resolve()
  /** Begins when the present one has ended. */
  #nextMove: Promise<void> | undefined
  #stopMoving: (() => void) | undefined

  constructor(store: Store, timing: Timing, keepsContent: KeepsContent = async () => true) {
    this.#keepsContent = keepsContent
    this.#store = store
    this.#writes = ledgerWrites(store)
    if (store.dialect === 'sqlite') this.#journal = new CallJournal(store.location)
    this.#timing = timing
  }

  /**
   * A call begins. It ends with `record`.
   * @returns now and then something to wait for: what dead calls have spent counts against the budgets of this one
   */
  open(context: WriterContext, call: OpenCall): Promise<void> | undefined {
    this.#open.add(call.id, {context, call, isOld: false, isNoted: false})
    this.#tick()
    const now = context.clock.elapsed()
    const settledAt = this.#settledAt.get(context.tenant)
    if (settledAt !== undefined && now - settledAt < settleEvery) return undefined
    this.#settledAt.set(context.tenant, now)
    // A database that is away is told of by those who need it.
    return this.#settle(context).catch(() => undefined)
  }

  /** What other processes see of this one's calls is complete, and those of dead ones have their records. */
  async complete(context: WriterContext): Promise<void> {
    await this.flush()
    await this.#settle(context)
  }

  async #settle(context: WriterContext): Promise<void> {
    // First those that have ended: of them nothing has to be estimated.
    await this.readJournal(context)
    await this.settleAbandoned(context)
  }

  /** Calls that have ended are rows, whichever process has them in its journal. */
  async readJournal(context: WriterContext): Promise<void> {
    await this.#moveOn()
    await this.#moveOthersOn(context)
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
    for (const each of this.#open) {
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
    const open = this.#open.remove(entry.id)
    if (this.#open.size === 0) {
      this.#stopTicking?.()
      this.#stopTicking = undefined
    }
    const record = callRecord(entry, open?.isNoted === true)
    if (this.#comesAlone(context, record) && this.#journalled(context, record)) return
    const present = this.#waiting.get(context.tenant)
    if (present) present.records.push(record)
    else this.#waiting.set(context.tenant, {context, records: [record]})
    await this.flush()
  }

  /**
   * Whether a record has nobody to share a transaction with, and is one of many that come one after the other: a few are
   * written where they belong. What was said is never in the journal.
   */
  #comesAlone({clock}: WriterContext, {content}: CallRecord): boolean {
    const now = clock.elapsed()
    this.#inRow = now - this.#recordedAt < moveOnAfter ? this.#inRow + 1 : 0
    this.#recordedAt = now
    if (this.#inRow < fewInRow || content) return false
    return this.#open.size === 0 && this.#waiting.size === 0
  }

  #journalled(context: WriterContext, record: CallRecord): boolean {
    if (this.#journal === undefined) return false
    try {
      this.#journal.append({tenant: context.tenant, record})
    } catch {
      // It waits with the others, and whoever waits for it learns why.
      return false
    }
    this.#journalist = context
    if (this.#journal.size >= mostJournalled) this.#moveOn().catch(() => undefined)
    this.#stopMoving ??= this.#timing.after(moveOnAfter, () => {
      this.#stopMoving = undefined
      this.#moveOn().catch(() => undefined)
    })
    return true
  }

  /** Makes rows of what this process has in the journal. What the database does not take stays there for the next time. */
  #moveOn(): Promise<void> {
    this.#nextMove ??= this.#moving
      .catch(() => undefined)
      .then(() => {
        this.#nextMove = undefined
        return this.#moveOwn()
      })
    this.#moving = this.#nextMove
    return this.#nextMove
  }

  async #moveOwn(): Promise<void> {
    const file = this.#journal?.take()
    if (file) this.#unmoved.push(file)
    for (let each = this.#unmoved[0]; each; each = this.#unmoved[0]) {
      await this.#moveFile(this.#journalist!, each)
      this.#unmoved.shift()
      this.#journal!.remove(each)
    }
  }

  /** Makes rows of what other processes have in the journal. One that lives finds them there and leaves them. */
  async #moveOthersOn(context: WriterContext): Promise<void> {
    if (this.#journal === undefined) return
    for (const file of this.#journal.others()) {
      await this.#moveFile(context, file)
      const age = this.#journal.ageOf(file, context.clock.now())
      if (age !== undefined && age > abandonedAfter) this.#journal.remove(file)
    }
  }

  async #moveFile(context: WriterContext, {calls}: JournalFile): Promise<void> {
    for (const [tenant, own = []] of Map.groupBy(calls, call => call.tenant)) {
      await this.#write(
        {...context, tenant},
        own.map(({record}) => record),
      )
    }
  }

  /** Writes everything that waits. Rejects where the database does not take it; it then waits on. */
  flush(): Promise<void> {
    return (this.#next ??= this.#afterPresent())
  }

  /** No more calls come: leaves nothing that waits, and nothing in the journal. */
  async close(): Promise<void> {
    this.#stopMoving?.()
    this.#stopMoving = undefined
    await this.flush()
    await this.#moveOn()
    this.#journal?.close()
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
    for (const [tenant, {context, records}] of this.#waiting) {
      this.#waiting.delete(tenant)
      try {
        await this.#write(context, records)
      } catch (error) {
        const later = this.#waiting.get(tenant)
        this.#waiting.set(tenant, {context, records: [...records, ...(later?.records ?? [])]})
        throw error
      }
    }
  }

  async #write(context: WriterContext, records: readonly CallRecord[]): Promise<void> {
    await this.#store.unit(uncancelled(context), {audit: false, survives: 'process-end'}, async unit => {
      for (const record of records) await insertCall(unit, this.#writes, await this.#kept(unit, context.tenant, record))
    })
  }

  async #kept(unit: Unit, tenant: string, record: CallRecord): Promise<CallRecord> {
    const {content, ...rest} = record
    return content === undefined || (await this.#keepsContent(unit, tenant, content)) ? record : rest
  }
}

/** The caller may be gone, and what they used is written down all the same. */
function uncancelled(context: WriterContext): WriterContext & {readonly signal: AbortSignal} {
  const {tenant, principal, operation, clock, random} = context
  return {tenant, principal, operation, clock, random, signal: never}
}

const never = new AbortController().signal
