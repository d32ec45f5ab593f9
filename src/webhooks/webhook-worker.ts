import {setTimeout as delay} from 'node:timers/promises'
import type {Runtime} from '../runtime.ts'
import type {OutboxEvent} from '../store/outbox.ts'
import {type Attempted, type ClaimedDelivery, DeliveryQueue} from './delivery-queue.ts'
import {disableFailing} from './endpoint-book.ts'
import {longestFailure} from './retry-schedule.ts'
import {NoWebhookKeyError, SecretBox} from './secret-box.ts'
import {currentSecrets} from './current-secrets.ts'
import {signedHeaders} from './signing-secret.ts'
import {targetRules} from './target.ts'
import {type Attempt, WebhookSender} from './webhook-sender.ts'

export type WebhookWorkerRuntime = Pick<
  Runtime,
  'clock' | 'context' | 'directories' | 'log' | 'random' | 'settings' | 'store'
>

export interface WebhookWorkerOptions {
  readonly runtime: WebhookWorkerRuntime
  /** How many attempts are under way at once. */
  readonly atOnce: number
  readonly onAttempt?: (attempt: Attempt) => void
  /** Between two looks at what is due, in milliseconds. */
  readonly interval?: number
}

/** Of one endpoint: so that one which is slow leaves room for the others. */
const atOncePerEndpoint = 16
/** What ends within so many milliseconds is written down together. */
const gatherMs = 5
/** What a lease is longer than an attempt may take, in milliseconds: for writing down what came of it. */
const leaseMargin = 5_000
const defaultInterval = 500
const forgetMs = 60 * 60 * 1000

/**
 * Sends what is due, until it is stopped. What it has in hand when it dies is sent again by another, or by the next, when
 * its lease is over.
 */
export class WebhookWorker {
  readonly #options: WebhookWorkerOptions
  readonly #queue: DeliveryQueue
  readonly #sender: WebhookSender
  readonly #id: string
  readonly #lease: number
  readonly #stop = new AbortController()
  /** Attempts under way, by endpoint. */
  readonly #running = new Map<string, Set<Promise<void>>>()
  /** What came of attempts and is not written down yet. */
  #ended: Attempted[] = []
  #box: Promise<SecretBox> | undefined
  #loop: Promise<void> = Promise.resolve()
  #endPause: () => void = () => {}
  /** Something happened since the last turn began. */
  #woken = false
  #forgotten = Number.NEGATIVE_INFINITY

  constructor(options: WebhookWorkerOptions) {
    const {runtime} = options
    const timeout = (runtime.settings.get('webhooks.timeout_seconds') as number) * 1000
    this.#options = options
    this.#queue = new DeliveryQueue(runtime)
    this.#sender = new WebhookSender({rules: targetRules(runtime.settings), clock: runtime.clock, timeout})
    this.#id = runtime.random.id()
    this.#lease = timeout + leaseMargin
  }

  /** Takes events on: they are delivered, whatever happens to this server. Given again, they make nothing new. */
  async accept(events: readonly OutboxEvent[]): Promise<void> {
    await this.#queue.add(events)
    this.#wake()
  }

  start(): void {
    this.#loop = this.#work()
  }

  /** Takes no more, and ends after the attempts under way. */
  async stop(): Promise<void> {
    this.#stop.abort()
    this.#wake()
    await this.#loop
    try {
      await this.settle()
    } catch (error) {
      this.#options.runtime.log.warn('Webhooks could not be written down', {reason: String(error)})
    }
    this.#sender.close()
  }

  /** Attempts what is due now, as much as may be under way at once. @returns how many attempts */
  async attemptDue(): Promise<number> {
    const begun = await this.#turn()
    await this.settle()
    return begun
  }

  /** Waits for the attempts under way and writes down what came of them. */
  async settle(): Promise<void> {
    await Promise.all([...this.#running.values()].flatMap(each => [...each]))
    await this.#turn({take: false})
  }

  async #work(): Promise<void> {
    const {runtime, interval = defaultInterval} = this.#options
    if (!(await this.#isAble())) return
    while (!this.#stop.signal.aborted) {
      this.#woken = false
      let begun = 0
      try {
        begun = await this.#turn()
        await this.#forgetOld()
      } catch (error) {
        this.#woken = false
        runtime.log.warn('Webhooks could not be taken or written down', {reason: String(error)})
      }
      if (begun === 0 && !this.#woken) await this.#pause(interval)
      // Others end at the same time, and each turn costs a wait for the disk.
      if (!this.#stop.signal.aborted) await delay(gatherMs)
    }
  }

  /** Writes down what came of attempts, and begins as many as there is room for. @returns how many */
  async #turn({take = true} = {}): Promise<number> {
    const {atOnce} = this.#options
    const ended = this.#ended
    this.#ended = []
    const underWay = [...this.#running.values()].reduce((sum, each) => sum + each.size, 0)
    let claimed: readonly ClaimedDelivery[]
    try {
      claimed = await this.#queue.turn(ended, {
        worker: this.#id,
        lease: this.#lease,
        limit: take ? atOnce - underWay : 0,
        limitOf: endpoint => atOncePerEndpoint - (this.#running.get(endpoint)?.size ?? 0),
      })
    } catch (error) {
      // Kept for the next turn: what was delivered must not be forgotten because the database was away.
      this.#ended = [...ended, ...this.#ended]
      throw error
    }
    for (const delivery of claimed) this.#begin(delivery)
    await this.#disableFailing(ended)
    return claimed.length
  }

  #begin(delivery: ClaimedDelivery): void {
    const {id} = delivery.endpoint
    const running = this.#running.get(id) ?? new Set()
    this.#running.set(id, running)
    const work = this.#attempt(delivery).then(attempt => {
      this.#ended.push({delivery, attempt})
      this.#options.onAttempt?.(attempt)
      running.delete(work)
      if (running.size === 0) this.#running.delete(id)
      this.#wake()
    })
    running.add(work)
  }

  async #attempt({endpoint, event, body}: ClaimedDelivery): Promise<Attempt> {
    const {clock, log} = this.#options.runtime
    const now = clock.now()
    let secrets: readonly string[]
    try {
      secrets = currentSecrets(await this.#secretBox(), endpoint, now)
    } catch (error) {
      log.error('The secret of a webhook endpoint cannot be read', {endpoint: endpoint.id, reason: String(error)})
      return {at: now, milliseconds: 0, status: null, error: 'secret_unreadable', response: null}
    }
    return this.#sender.send({url: endpoint.url, body, headers: {...signedHeaders({id: event, body, now, secrets})}})
  }

  /** Without the key that all servers on a database share, a server takes no deliveries from those that have it. */
  async #isAble(): Promise<boolean> {
    const {log} = this.#options.runtime
    try {
      await SecretBox.assertKeyed(this.#options.runtime)
      return true
    } catch (error) {
      // A database that is away may come back.
      if (!(error instanceof NoWebhookKeyError)) return true
      log.warn('Webhooks are left to servers that have webhooks.key')
      return false
    }
  }

  /** Opened for the first delivery; a failure is not remembered, as the file may come back. */
  #secretBox(): Promise<SecretBox> {
    this.#box ??= SecretBox.open(this.#options.runtime).catch(error => {
      this.#box = undefined
      throw error
    })
    return this.#box
  }

  async #disableFailing(attempted: readonly Attempted[]): Promise<void> {
    const {clock} = this.#options.runtime
    const gone = attempted.filter(({attempt}) => attempt.error === 'gone').map(({delivery}) => delivery.endpoint)
    const failed = attempted.filter(({attempt}) => attempt.error !== null).map(({delivery}) => delivery.endpoint.id)
    const before = new Date(clock.now().getTime() - longestFailure)
    const failing = await this.#queue.failingSince(before, [...new Set(failed)])
    const said = new Map(gone.map(endpoint => [endpoint.id, endpoint]))
    for (const endpoint of said.values()) await this.#disable(endpoint, 'gone')
    for (const endpoint of failing) if (!said.has(endpoint.id)) await this.#disable(endpoint, 'failing')
  }

  async #disable(endpoint: ClaimedDelivery['endpoint'], reason: 'gone' | 'failing'): Promise<void> {
    const {runtime} = this.#options
    const context = runtime.context({
      tenant: endpoint.tenant,
      principal: {id: 'omni', kind: 'system', scopes: '*'},
      operation: 'serve',
      signal: new AbortController().signal,
      emit: () => {},
    })
    try {
      await disableFailing(context, endpoint, reason)
      runtime.log.warn('A webhook endpoint was disabled', {endpoint: endpoint.id, reason})
    } catch (error) {
      // It answers the same to the next attempt.
      runtime.log.warn('A webhook endpoint could not be disabled', {endpoint: endpoint.id, reason: String(error)})
    }
  }

  async #forgetOld(): Promise<void> {
    const {clock} = this.#options.runtime
    if (clock.elapsed() - this.#forgotten < forgetMs) return
    this.#forgotten = clock.elapsed()
    await this.#queue.forgetOld()
  }

  #wake(): void {
    this.#woken = true
    this.#endPause()
  }

  async #pause(milliseconds: number): Promise<void> {
    if (this.#stop.signal.aborted) return
    const {promise, resolve} = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, milliseconds)
    this.#endPause = resolve
    await promise
    clearTimeout(timer)
  }
}
