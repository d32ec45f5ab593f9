import type {Kysely, Selectable} from 'kysely'
import {type DialectName, kyselyOver} from './engine.ts'
import type {UnitDatabase} from './kernel-migrations.ts'
import type {Store} from './store.ts'
import {systemOf} from './system.ts'

/** An event that a unit of work published and a worker has yet to deliver. */
export type OutboxEvent = Pick<
  Selectable<UnitDatabase['omni_outbox']>,
  'id' | 'tenant' | 'event' | 'payload' | 'created_at' | 'attempts'
>

export interface ClaimOptions {
  /** Who takes them: unique per running worker. */
  readonly worker: string
  readonly limit: number
  /** How long the worker has for them, in milliseconds; afterwards another may take them. */
  readonly lease: number
}

/**
 * Takes the oldest events that are due, of all tenants. Each is delivered at least once: a worker that dies loses its
 * claim when the lease ends, so receivers must know an event by its id. On PostgreSQL workers pass over each other's
 * rows (`for update skip locked`); on SQLite the claims run one after the other.
 */
export async function claimEvents(store: Store, {worker, limit, lease}: ClaimOptions): Promise<OutboxEvent[]> {
  const {engine, clock} = systemOf(store)
  return engine.transaction(async connection => {
    const database = kyselyOver<UnitDatabase>(engine, connection)
    const now = clock.now()
    const ids = await dueEvents(database, engine.dialect, now, limit)
    if (ids.length === 0) return []
    const claimed = await database
      .updateTable('omni_outbox')
      .set(update => ({
        claimed_by: worker,
        available_at: new Date(now.getTime() + lease).toISOString(),
        attempts: update('attempts', '+', 1),
      }))
      .where('id', 'in', ids)
      .returning(['id', 'tenant', 'event', 'payload', 'created_at', 'attempts'])
      .execute()
    return claimed.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  })
}

async function dueEvents(
  database: Kysely<UnitDatabase>,
  dialect: DialectName,
  now: Date,
  limit: number,
): Promise<string[]> {
  const due = database
    .selectFrom('omni_outbox')
    .select('id')
    .where('available_at', '<=', now.toISOString())
    .orderBy('id')
    .limit(limit)
  const rows = await (dialect === 'postgres' ? due.forUpdate().skipLocked() : due).execute()
  return rows.map(row => row.id)
}

/** Forgets delivered events. Those that the worker's lease had lost to another stay. */
export async function completeEvents(
  store: Store,
  {worker, ids}: {worker: string; ids: readonly string[]},
): Promise<void> {
  const {engine} = systemOf(store)
  if (ids.length === 0) return
  await engine.transaction(async connection => {
    await kyselyOver<UnitDatabase>(engine, connection)
      .deleteFrom('omni_outbox')
      .where('id', 'in', ids)
      .where('claimed_by', '=', worker)
      .execute()
  })
}

/** Gives events back after a failure, to be tried again at a later time. `reason` is a code, not a message. */
export async function postponeEvents(
  store: Store,
  {worker, ids, until, reason}: {worker: string; ids: readonly string[]; until: Date; reason: string},
): Promise<void> {
  const {engine} = systemOf(store)
  if (ids.length === 0) return
  await engine.transaction(async connection => {
    await kyselyOver<UnitDatabase>(engine, connection)
      .updateTable('omni_outbox')
      .set({available_at: until.toISOString(), claimed_by: null, last_error: reason})
      .where('id', 'in', ids)
      .where('claimed_by', '=', worker)
      .execute()
  })
}
