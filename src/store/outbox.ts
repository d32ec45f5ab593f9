import type {Kysely, Selectable} from 'kysely'
import type * as z from 'zod'
import type {Context} from '../operation/context.ts'
import type {EventDefinition} from '../operation/event.ts'
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

/** An event that nobody took for so long, because no server runs on the database, is forgotten. */
const keptMs = 30 * 24 * 60 * 60 * 1000

/**
 * Writes an event down in a transaction, to be delivered after its commit, and forgets the tenant's oldest ones where
 * nobody takes them: two at most for each that is added, which costs nothing to speak of and keeps them bounded.
 * Throws a ZodError for a payload that is not the event's, which is a bug of the publisher.
 */
export async function publishEvent<P extends z.ZodObject>(
  database: Kysely<UnitDatabase>,
  {tenant, clock, random}: Pick<Context, 'tenant' | 'clock' | 'random'>,
  event: EventDefinition<P>,
  payload: z.input<P>,
): Promise<void> {
  const now = clock.now()
  const at = now.toISOString()
  await database
    .insertInto('omni_outbox')
    .values({
      tenant,
      id: random.id(),
      event: event.name,
      payload: event.payload.parse(payload),
      created_at: at,
      available_at: at,
    } as never)
    .execute()
  const oldest = database.selectFrom('omni_outbox').select('id').where('tenant', '=', tenant).orderBy('id').limit(2)
  await database
    .deleteFrom('omni_outbox')
    .where('tenant', '=', tenant)
    .where('id', 'in', oldest)
    .where('created_at', '<', new Date(now.getTime() - keptMs).toISOString())
    .execute()
}

/**
 * Takes the oldest events that are due, of all tenants. Each is delivered at least once: a worker that dies loses its
 * claim when the lease ends, so receivers must know an event by its id. On PostgreSQL workers pass over each other's
 * rows (`for update skip locked`); on SQLite the claims run one after the other.
 */
export async function claimEvents(store: Store, {worker, limit, lease}: ClaimOptions): Promise<OutboxEvent[]> {
  const {engine, clock} = systemOf(store)
  const now = clock.now()
  // Most often there is nothing, and then no transaction is needed.
  if ((await dueEvents(kyselyOver<UnitDatabase>(engine), 'sqlite', now, 1)).length === 0) return []
  return engine.transaction(async connection => {
    const database = kyselyOver<UnitDatabase>(engine, connection)
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
    .orderBy('available_at')
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
