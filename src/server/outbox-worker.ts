import {setTimeout as delay} from 'node:timers/promises'
import type {Clock, Logger} from '../operation/context.ts'
import {claimEvents, completeEvents, type OutboxEvent, postponeEvents} from '../store/outbox.ts'
import type {Store} from '../store/store.ts'

/**
 * Where published events go, such as webhooks. Resolves when all are delivered or safely recorded elsewhere; rejects to
 * be given them again, one by one and then later. It may be given an event twice.
 */
export type Deliver = (events: readonly OutboxEvent[]) => Promise<void>

export interface OutboxWorkerOptions {
  readonly store: () => Promise<Store>
  readonly clock: Clock
  readonly log: Logger
  /** Unique per running worker. */
  readonly worker: string
  readonly deliver: Deliver
  /** Between two looks at an empty outbox, in milliseconds. */
  readonly interval?: number
}

const batch = 200
const leaseMs = 60_000
const firstPauseMs = 1_000
const longestPauseMs = 60 * 60 * 1_000

/** Hands the events of committed units on, the oldest first, until it is stopped. */
export class OutboxWorker {
  readonly #options: OutboxWorkerOptions
  readonly #stop = new AbortController()
  #loop: Promise<void> = Promise.resolve()

  constructor(options: OutboxWorkerOptions) {
    this.#options = options
  }

  start(): void {
    this.#loop = this.#work()
  }

  /** Ends after the events in hand. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  async #work(): Promise<void> {
    const {log, interval = 500} = this.#options
    while (!this.#stop.signal.aborted) {
      try {
        if ((await this.#deliverDue()) === batch) continue
      } catch (error) {
        log.warn('The outbox could not be read', {reason: String(error)})
      }
      await delay(interval, undefined, {signal: this.#stop.signal}).catch(() => {})
    }
  }

  /** @returns how many events were due */
  async #deliverDue(): Promise<number> {
    const {worker} = this.#options
    const store = await this.#options.store()
    const events = await claimEvents(store, {worker, limit: batch, lease: leaseMs})
    if (events.length > 0) await completeEvents(store, {worker, ids: await this.#delivered(store, events)})
    return events.length
  }

  /** @returns the ids of what was delivered; one event that cannot be holds up none of the others */
  async #delivered(store: Store, events: readonly OutboxEvent[]): Promise<string[]> {
    const {deliver} = this.#options
    try {
      await deliver(events)
      return events.map(event => event.id)
    } catch (error) {
      const [only] = events
      if (events.length === 1 && only !== undefined) {
        await this.#postpone(store, only, error)
        return []
      }
    }
    const delivered: string[] = []
    for (const event of events) delivered.push(...(await this.#delivered(store, [event])))
    return delivered
  }

  async #postpone(store: Store, event: OutboxEvent, error: unknown): Promise<void> {
    const {worker, clock, log} = this.#options
    const wait = Math.min(firstPauseMs * 2 ** (event.attempts - 1), longestPauseMs)
    const reason = (error as {code?: unknown} | null)?.code
    log.warn('An event could not be delivered', {event: event.id, attempts: event.attempts, reason: String(error)})
    await postponeEvents(store, {
      worker,
      ids: [event.id],
      until: new Date(clock.now().getTime() + wait),
      reason: typeof reason === 'string' ? reason : 'failed',
    })
  }
}
