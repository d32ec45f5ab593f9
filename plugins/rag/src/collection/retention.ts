import {ConflictError, type Context, InvalidInputError} from '@omni-ops/core/operation'
import type {Store, TenantReader, Unit} from '@omni-ops/core/store'
import type {RagTables} from './tables.ts'

/** Why a document must stay as it is, whatever else says that it should go. */
export interface LegalHold {
  readonly reason: string
  /** Who put it there. */
  readonly by: string
  /** ISO 8601, UTC. */
  readonly at: string
}

/** What keeps a document, and until when it is kept. */
export interface Keeping {
  /** ISO 8601, UTC; from then on it may be removed as expired. */
  readonly retainUntil: string | null
  readonly holds: readonly LegalHold[]
}

export interface HeldDocument {
  readonly source: string
  readonly reasons: readonly string[]
}

/** A document under legal hold was to be changed or removed; nothing was. */
export class DocumentHeldError extends ConflictError {
  override readonly code = 'document_held'

  constructor(held: readonly HeldDocument[]) {
    const [first] = held
    const more = held.length > 1 ? `, and so are ${held.length - 1} others` : ''
    super(`${first!.source} is under legal hold (${first!.reasons.join('; ')})${more}`, {
      hint: 'nothing was changed; whoever may lift the hold uses omni rag release',
      details: {documents: held},
    })
  }
}

const NOTHING: Keeping = {retainUntil: null, holds: []}
const namesPerQuery = 500

/** Until when documents are kept and what holds them, of one tenant. */
export class Retention {
  readonly #store: Store
  readonly #context: Context

  constructor(store: Store, context: Context) {
    this.#store = store
    this.#context = context
  }

  static async open(context: Context): Promise<Retention> {
    return new Retention(await context.store(), context)
  }

  /** What keeps each of these documents, by id; all of them are in the answer. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, Keeping>> {
    const all = new Map<string, {retainUntil: string | null; holds: LegalHold[]}>(
      ids.map(id => [id, {...NOTHING, holds: []}]),
    )
    for (const some of pieces(ids)) {
      const reader = this.#store.read<RagTables>(this.#context.tenant)
      const terms = await reader
        .selectFrom('rag_document_retention')
        .select(['document_id', 'retain_until'])
        .where('document_id', 'in', some)
        .execute()
      for (const {document_id: id, retain_until: until} of terms) all.get(id)!.retainUntil = until
      const holds = await reader
        .selectFrom('rag_document_holds')
        .select(['document_id', 'reason', 'held_by', 'held_at'])
        .where('document_id', 'in', some)
        .orderBy('held_at')
        .orderBy('reason')
        .execute()
      for (const {document_id: id, reason, held_by: by, held_at: at} of holds) all.get(id)!.holds.push({reason, by, at})
    }
    return all
  }

  /** Those of these documents that are held. */
  async held(ids: readonly string[], of: HeldStates): Promise<HeldDocument[]> {
    const held: HeldDocument[] = []
    for (const some of pieces(ids)) held.push(...(await heldAmong(this.#store.read(this.#context.tenant), some, of)))
    return held
  }

  /** Every held document of a collection, or of all; also those that the caller may not see. */
  async heldIn(collection?: string): Promise<HeldDocument[]> {
    let query = this.#store
      .read<RagTables>(this.#context.tenant)
      .selectFrom('rag_document_holds')
      .innerJoin('rag_documents', 'rag_documents.id', 'rag_document_holds.document_id')
      .select(['rag_documents.source', 'rag_document_holds.reason'])
    if (collection !== undefined) query = query.where('rag_documents.collection', '=', collection)
    return bySource(await query.orderBy('rag_documents.source').execute())
  }

  /** Puts documents under a hold; one that they are under already for the same reason stays as it is. */
  async hold(collection: string, ids: readonly string[], reason: string): Promise<number> {
    const keeping = await this.of(ids)
    const free = ids.filter(id => !keeping.get(id)!.holds.some(hold => hold.reason === reason))
    const rows = free.map(id => ({
      document_id: id,
      reason,
      held_by: this.#context.principal.id,
      held_at: this.#context.clock.now().toISOString(),
    }))
    // The reason may name people: it goes with the hold, and not into the log that is kept for good.
    await this.#change('documents.held', collection, free, {}, async unit => {
      for (const some of pieces(rows, 100)) {
        await unit
          .database<RagTables>()
          .insertInto('rag_document_holds')
          .values(some)
          .onConflict(conflict => conflict.columns(['document_id', 'reason']).doNothing())
          .execute()
      }
    })
    return free.length
  }

  /** Lifts the holds of a reason, or all. Returns how many documents were under one. */
  async release(collection: string, ids: readonly string[], reason: string | undefined): Promise<number> {
    const keeping = await this.of(ids)
    const isLifted = (hold: LegalHold): boolean => reason === undefined || hold.reason === reason
    const held = ids.filter(id => keeping.get(id)!.holds.some(isLifted))
    await this.#change('documents.released', collection, held, {}, async unit => {
      for (const some of pieces(held)) {
        let query = unit.database<RagTables>().deleteFrom('rag_document_holds').where('document_id', 'in', some)
        if (reason !== undefined) query = query.where('reason', '=', reason)
        await query.execute()
      }
    })
    return held.length
  }

  /**
   * Says until when documents are kept; null: without an end.
   * @param onlyMissing leaves alone those that have a time already.
   * @returns how many had another one before.
   */
  async retain(
    collection: string,
    ids: readonly string[],
    until: string | null,
    {onlyMissing}: {readonly onlyMissing: boolean},
  ): Promise<number> {
    const keeping = await this.of(ids)
    const others = ids.filter(id => {
      const before = keeping.get(id)!.retainUntil
      return before !== until && !(onlyMissing && before !== null)
    })
    await this.#change('documents.retained', collection, others, {retain_until: until}, async unit => {
      const database = unit.database<RagTables>()
      for (const some of pieces(others)) {
        await database.deleteFrom('rag_document_retention').where('document_id', 'in', some).execute()
        if (until === null) continue
        const rows = some.map(id => ({document_id: id, retain_until: until}))
        await database.insertInto('rag_document_retention').values(rows).execute()
      }
    })
    return others.length
  }

  async #change(
    action: string,
    collection: string,
    ids: readonly string[],
    details: Record<string, string | null>,
    work: (unit: Unit) => Promise<void>,
  ): Promise<void> {
    if (ids.length === 0) return
    const audit = {action, resource: `collection:${collection}`, details: {...details, documents: [...ids]}}
    await this.#store.unit(this.#context, {audit}, work)
  }
}

/**
 * To be called in the transaction that is about to change or remove documents, so that a hold that comes meanwhile is
 * seen by one of the two.
 * @throws DocumentHeldError
 */
export async function refuseHeld(unit: Unit, ids: readonly string[], of: HeldStates): Promise<void> {
  const held: HeldDocument[] = []
  for (const some of pieces(ids)) held.push(...(await heldAmong(unit.database<RagTables>(), some, of)))
  if (held.length > 0) throw new DocumentHeldError(held)
}

/** Of documents whose ingest was cut off, a hold forbids the removal; the ingest itself may be finished. */
export type HeldStates = 'complete' | 'any'

async function heldAmong(
  reader: TenantReader<RagTables>,
  ids: readonly string[],
  of: HeldStates,
): Promise<HeldDocument[]> {
  const rows = await reader
    .selectFrom('rag_document_holds')
    .innerJoin('rag_documents', 'rag_documents.id', 'rag_document_holds.document_id')
    .select(['rag_documents.source', 'rag_document_holds.reason'])
    .where('rag_document_holds.document_id', 'in', [...ids])
    .where('rag_documents.state', 'in', of === 'any' ? ['indexed', 'pending'] : ['indexed'])
    .orderBy('rag_documents.source')
    .execute()
  return bySource(rows)
}

function bySource(rows: readonly {readonly source: string; readonly reason: string}[]): HeldDocument[] {
  return [...Map.groupBy(rows, ({source}) => source)].map(([source, own]) => ({
    source,
    reasons: own.map(({reason}) => reason),
  }))
}

function* pieces<Item>(items: readonly Item[], size = namesPerQuery): Generator<Item[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}

const DURATION = /^P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$/

/** Whether a time is given by how long it is from now on. */
export function isDuration(given: string): boolean {
  return DURATION.test(given)
}

/**
 * The time that `2030-01-01`, `2030-01-01T12:00:00Z` or `P90D` (ISO 8601, in the calendar of UTC) names.
 *
 * @throws InvalidInputError
 */
export function retentionEnd(given: string, now: Date): string {
  const duration = DURATION.exec(given)
  if (duration) {
    const [years = 0, months = 0, weeks = 0, days = 0] = duration.slice(1).map(each => Number(each ?? 0))
    const end = new Date(now)
    const day = end.getUTCDate()
    end.setUTCFullYear(end.getUTCFullYear() + years, end.getUTCMonth() + months, 1)
    // The 31st of a month that has none is its last day.
    const last = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate()
    end.setUTCDate(Math.min(day, last) + weeks * 7 + days)
    return end.toISOString()
  }
  const isDate = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z)?$/.test(given)
  const time = new Date(given)
  if (!isDate || Number.isNaN(time.getTime()) || !time.toISOString().startsWith(given.slice(0, 10))) {
    throw new InvalidInputError(`${given} is no time until which a document could be kept`, {
      hint: '2030-01-01, 2030-01-01T12:00:00Z, or a duration such as P90D or P10Y',
    })
  }
  return time.toISOString()
}
