import type {Kysely, Selectable} from 'kysely'
import type {Clock, Randomness} from '../operation/context.ts'
import {kyselyOver} from '../store/engine.ts'
import type {OutboxEvent} from '../store/outbox.ts'
import type {Store} from '../store/store.ts'
import {systemOf} from '../store/system.ts'
import {covers} from './event-pattern.ts'
import {keptDays} from './retention.ts'
import {delayAfter, longestPause} from './retry-schedule.ts'
import type {WebhookDatabase} from './tables.ts'
import type {Attempt} from './webhook-sender.ts'

type Endpoint = Selectable<WebhookDatabase['omni_webhook_endpoints']>
type Delivery = Selectable<WebhookDatabase['omni_webhook_deliveries']>

/** A delivery that a worker has, until its lease ends. */
export interface ClaimedDelivery extends Pick<Delivery, 'tenant' | 'id' | 'event' | 'body' | 'attempts' | 'tries'> {
  readonly endpoint: Endpoint
}

/** What came of a delivery's attempt. */
export interface Attempted {
  readonly delivery: ClaimedDelivery
  readonly attempt: Attempt
}

export interface ClaimRequest {
  readonly worker: string
  /** How long the worker has for an attempt, in milliseconds. */
  readonly lease: number
  /** How many at most. */
  readonly limit: number
  /** How many of an endpoint at most, by its id. */
  readonly limitOf: (endpoint: string) => number
}

/** Variables of a statement are limited (SQLite: 32,766). */
const rowsPerInsert = 500
/** How many endpoints are looked at in one turn. */
const endpointsPerTurn = 100
/** A receiver that is overloaded and does not say for how long is left alone so long, in milliseconds. */
const shortPause = 5_000
/** RFC 6585 (429), RFC 9110 (502, 503, 504): too much at the moment. */
const overloaded = new Set([429, 502, 503, 504])

/**
 * What is to be sent, of all tenants. A delivery is made once for each event and endpoint, taken by one worker with a
 * lease, and taken by another when the lease ends without a result.
 */
export class DeliveryQueue {
  readonly #store: () => Promise<Store>
  readonly #clock: Clock
  readonly #random: Randomness
  /** The endpoint that was served last: the next turn begins behind it, so that each has its turn. */
  #last = ''

  constructor({store, clock, random}: {store: () => Promise<Store>; clock: Clock; random: Randomness}) {
    this.#store = store
    this.#clock = clock
    this.#random = random
  }

  /**
   * Makes a delivery of each event for each endpoint of its tenant that subscribes to it and was there before it; for
   * one that is disabled a dead one, which can be replayed when it is back. Events that were added before are passed
   * over. All or none.
   */
  async add(events: readonly OutboxEvent[]): Promise<void> {
    if (events.length === 0) return
    const tenants = [...new Set(events.map(event => event.tenant))]
    await this.#transaction(async database => {
      const endpoints = await database
        .selectFrom('omni_webhook_endpoints')
        .selectAll()
        .where('tenant', 'in', tenants)
        .execute()
      const rows = events.flatMap(event =>
        endpoints.filter(endpoint => isFor(event, endpoint)).map(endpoint => this.#deliveryOf(event, endpoint)),
      )
      for (let from = 0; from < rows.length; from += rowsPerInsert) {
        await database
          .insertInto('omni_webhook_deliveries')
          .values(rows.slice(from, from + rowsPerInsert) as never)
          .onConflict(conflict => conflict.columns(['tenant', 'endpoint', 'event']).doNothing())
          .execute()
      }
    })
  }

  /**
   * One turn of a worker: writes down what came of its attempts, and takes more deliveries, the longest due of each
   * endpoint. In one transaction, as each costs a wait for the disk.
   */
  async turn(attempted: readonly Attempted[], claim: ClaimRequest): Promise<ClaimedDelivery[]> {
    // Most often there is nothing, and then no transaction is needed.
    if (attempted.length === 0 && (await this.#isIdle(claim))) return []
    return this.#transaction(async database => {
      await this.#record(database, attempted, claim.worker)
      return this.#claim(database, claim)
    })
  }

  async #isIdle({limit}: ClaimRequest): Promise<boolean> {
    return limit <= 0 || (await this.#dueEndpoints(await this.#reader())).length === 0
  }

  /** Endpoints which have failed since before a time, of those attempted. */
  async failingSince(before: Date, ids: readonly string[]): Promise<Endpoint[]> {
    if (ids.length === 0) return []
    const database = await this.#reader()
    return database
      .selectFrom('omni_webhook_endpoints')
      .selectAll()
      .where('id', 'in', ids)
      .where('disabled_at', 'is', null)
      .where('failing_since', '<=', before.toISOString())
      .execute()
  }

  /** Forgets what was finished long ago. */
  async forgetOld(): Promise<void> {
    const before = new Date(this.#clock.now().getTime() - keptDays * 24 * 60 * 60 * 1000).toISOString()
    await this.#transaction(async database => {
      await database.deleteFrom('omni_webhook_deliveries').where('finished_at', '<', before).execute()
      await database.deleteFrom('omni_webhook_attempts').where('at', '<', before).execute()
    })
  }

  #deliveryOf(event: OutboxEvent, {id: endpoint, disabled_at}: Endpoint) {
    const now = this.#clock.now().toISOString()
    const isDead = disabled_at !== null
    return {
      tenant: event.tenant,
      id: this.#random.id(),
      endpoint,
      event: event.id,
      type: event.event,
      body: bodyOf({type: event.event, timestamp: event.created_at, data: event.payload}),
      status: isDead ? 'dead' : 'pending',
      created_at: event.created_at,
      due_at: isDead ? null : now,
      finished_at: isDead ? now : null,
    }
  }

  async #claim(database: Kysely<WebhookDatabase>, {worker, lease, limit, limitOf}: ClaimRequest) {
    const claimed: ClaimedDelivery[] = []
    if (limit <= 0) return claimed
    const {dialect} = systemOf(await this.#store()).engine
    for (const endpoint of await this.#dueEndpoints(database)) {
      if (claimed.length >= limit) break
      this.#last = endpoint.id
      const free = Math.min(limitOf(endpoint.id), limit - claimed.length)
      if (free <= 0) continue
      const now = this.#clock.now()
      const rows = await database
        .with('due', each => {
          const due = each
            .selectFrom('omni_webhook_deliveries')
            .select('id')
            .where('tenant', '=', endpoint.tenant)
            .where('endpoint', '=', endpoint.id)
            .where('due_at', '<=', now.toISOString())
            .orderBy('due_at')
            .limit(free)
          return dialect === 'postgres' ? due.forUpdate().skipLocked() : due
        })
        .updateTable('omni_webhook_deliveries')
        .set(update => ({
          claimed_by: worker,
          due_at: later(now, lease),
          attempts: update('attempts', '+', 1),
          tries: update('tries', '+', 1),
        }))
        .where('tenant', '=', endpoint.tenant)
        .where('id', 'in', each => each.selectFrom('due').select('due.id'))
        .returning(['tenant', 'id', 'event', 'body', 'attempts', 'tries'])
        .execute()
      claimed.push(...rows.map(row => ({...row, endpoint})))
    }
    return claimed
  }

  /** Endpoints that have something due, beginning behind the one that was served last. */
  async #dueEndpoints(database: Kysely<WebhookDatabase>): Promise<Endpoint[]> {
    const now = this.#clock.now().toISOString()
    const due = database
      .selectFrom('omni_webhook_endpoints as endpoint')
      .selectAll('endpoint')
      .where('disabled_at', 'is', null)
      .where(eb => eb.or([eb('paused_until', 'is', null), eb('paused_until', '<=', now)]))
      .where(({exists, selectFrom}) =>
        exists(
          selectFrom('omni_webhook_deliveries as delivery')
            .select('delivery.id')
            .whereRef('delivery.tenant', '=', 'endpoint.tenant')
            .whereRef('delivery.endpoint', '=', 'endpoint.id')
            .where('delivery.due_at', '<=', now),
        ),
      )
      .orderBy('endpoint.id')
      .limit(endpointsPerTurn)
    const behind = await due.where('endpoint.id', '>', this.#last).execute()
    if (behind.length === endpointsPerTurn || this.#last === '') return behind
    return [...behind, ...(await due.where('endpoint.id', '<=', this.#last).execute())]
  }

  async #record(database: Kysely<WebhookDatabase>, attempted: readonly Attempted[], worker: string): Promise<void> {
    const delivered = attempted.filter(({attempt}) => attempt.error === null)
    const failed = attempted.filter(({attempt}) => attempt.error !== null)
    const held = new Set<string>()
    const own = (ids: readonly string[]) =>
      database.updateTable('omni_webhook_deliveries').where('id', 'in', ids).where('claimed_by', '=', worker)
    const now = this.#clock.now()
    if (delivered.length > 0) {
      const rows = await own(delivered.map(({delivery}) => delivery.id))
        .set({status: 'delivered', due_at: null, claimed_by: null, finished_at: now.toISOString()})
        .returning('id')
        .execute()
      for (const {id} of rows) held.add(id)
    }
    for (const {delivery, attempt} of failed) {
      const delay = delayAfter(delivery.tries, attempt.retryAfter, this.#random)
      const row = await own([delivery.id])
        .set({
          claimed_by: null,
          ...(delay === undefined
            ? {status: 'dead', due_at: null, finished_at: now.toISOString()}
            : {due_at: later(now, delay)}),
        })
        .returning('id')
        .executeTakeFirst()
      if (row) held.add(row.id)
    }
    await this.#recordAttempts(
      database,
      attempted.filter(({delivery}) => held.has(delivery.id)),
    )
    await this.#recordHealth(database, attempted, now)
  }

  async #recordAttempts(database: Kysely<WebhookDatabase>, attempted: readonly Attempted[]): Promise<void> {
    for (let from = 0; from < attempted.length; from += rowsPerInsert) {
      await database
        .insertInto('omni_webhook_attempts')
        .values(
          attempted.slice(from, from + rowsPerInsert).map(({delivery, attempt}) => ({
            tenant: delivery.tenant,
            delivery: delivery.id,
            number: delivery.attempts,
            at: attempt.at.toISOString(),
            milliseconds: attempt.milliseconds,
            status: attempt.status,
            error: attempt.error,
            response: attempt.response,
          })) as never,
        )
        .execute()
    }
  }

  /** Since when an endpoint fails, and how long it asked to be left alone. */
  async #recordHealth(database: Kysely<WebhookDatabase>, attempted: readonly Attempted[], now: Date): Promise<void> {
    for (const [id, group] of Map.groupBy(attempted, ({delivery}) => delivery.endpoint.id)) {
      const own = database.updateTable('omni_webhook_endpoints').where('id', '=', id)
      if (group.some(({attempt}) => attempt.error === null)) {
        await own.set({failing_since: null}).where('failing_since', 'is not', null).execute()
      } else {
        await own.set({failing_since: now.toISOString()}).where('failing_since', 'is', null).execute()
      }
      const pause = Math.max(...group.map(({attempt}) => pauseAfter(attempt)))
      if (pause > 0) await own.set({paused_until: later(now, pause)}).execute()
    }
  }

  async #reader(): Promise<Kysely<WebhookDatabase>> {
    return kyselyOver<WebhookDatabase>(systemOf(await this.#store()).engine)
  }

  async #transaction<T>(work: (database: Kysely<WebhookDatabase>) => Promise<T>): Promise<T> {
    const {engine} = systemOf(await this.#store())
    return engine.transaction(connection => work(kyselyOver<WebhookDatabase>(engine, connection)))
  }
}

/** An event as it is sent (Standard Webhooks 1.0, "Payload structure"). */
export function bodyOf(event: {type: string; timestamp: string; data: object}): string {
  return JSON.stringify(event)
}

function isFor(event: OutboxEvent, endpoint: Endpoint): boolean {
  return (
    endpoint.tenant === event.tenant &&
    endpoint.created_at <= event.created_at &&
    endpoint.events.some(pattern => covers(pattern, event.event))
  )
}

/** How long to leave an endpoint alone that is overloaded, in milliseconds. */
function pauseAfter({status, retryAfter}: Attempt): number {
  if (status === null || !overloaded.has(status)) return 0
  return Math.min(retryAfter ?? shortPause, longestPause)
}

function later(now: Date, milliseconds: number): string {
  return new Date(now.getTime() + milliseconds).toISOString()
}
