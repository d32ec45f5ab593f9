import type {Clock, Logger} from '../operation/context.ts'
import {claimEvents, completeEvents, type OutboxEvent, postponeEvents} from '../store/outbox.ts'
import type {Store} from '../store/store.ts'

/**
 * Where published events go, such as webhooks. Resolves when the event is delivered or safely recorded elsewhere;
 * rejects to be given it again later. It may be given an event twice.
 */
export type Deliver = (event: OutboxEvent) => Promise<void>

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

const batch = 50
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
      await pause(interval, this.#stop.signal)
    }
  }

  /** @returns how many events were due */
  async #deliverDue(): Promise<number> {
    const {worker} = this.#options
    const store = await this.#options.store()
    const events = await claimEvents(store, {worker, limit: batch, lease: leaseMs})
    const delivered: string[] = []
    for (const event of events) {
      try {
        await this.#options.deliver(event)
        delivered.push(event.id)
      } catch (error) {
        await this.#postpone(store, event, error)
      }
    }
    await completeEvents(store, {worker, ids: delivered})
    return events.length
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

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const {promise, resolve} = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  signal.addEventListener('abort', () => resolve(), {once: true})
  await promise
  clearTimeout(timer)
}
