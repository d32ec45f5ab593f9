import {setTimeout as delay} from 'node:timers/promises'
import {CancelledError, type Clock, FailureError, type Logger, OmniError} from '@omni-ops/core/operation'
import type {DataSupply} from '../build/data-supply.ts'
import {fingerprint, watchFiles} from './file-changes.ts'
import {LoadedData} from './loaded-data.ts'

export interface LiveSourceOptions {
  /** Reads all of the data anew. */
  readonly open: (signal: AbortSignal) => Promise<DataSupply>
  /** A file or directory, whose changes are seen; undefined for data that tell of none, or never change. */
  readonly location?: string | undefined
  /** Milliseconds after which data that tell of no changes are read again; undefined for those that never change. */
  readonly every?: number | undefined
  readonly clock: Clock
  readonly log: Logger
}

/** A file that nobody has written to for so long is whole, as far as anybody can tell. Milliseconds. */
const quietMs = 25
/** A file that is written to without a pause is read all the same after so long. Milliseconds. */
const mostQuietMs = 1_000

/**
 * Data that are read again when they change: once for all who look at them. While they cannot be read, what was read
 * before stays, with what is wrong.
 */
export class LiveSource {
  readonly #options: LiveSourceOptions
  readonly #ending = new AbortController()
  readonly #listeners = new Set<() => void>()
  #loaded: LoadedData | undefined
  #fingerprint: string | undefined
  #problem: OmniError | undefined
  /** Of the files that could not be read. */
  #unreadable: string | undefined
  #reading: Promise<void> | undefined
  #dirty = false
  #watching: {close(): void} | undefined
  /** One at a time: the connection to the data is one, and is not closed below a reader. */
  #queue: Promise<unknown> = Promise.resolve()
  /** What was read before, on its way out. */
  #closing: Promise<void> = Promise.resolve()
  #reads = 0

  constructor(options: LiveSourceOptions) {
    this.#options = options
  }

  /** How often the data were read. */
  get reads(): number {
    return this.#reads
  }

  /** What keeps the data as they are now from being read. */
  get problem(): OmniError | undefined {
    return this.#problem
  }

  get version(): number | undefined {
    return this.#loaded?.version
  }

  /**
   * Does something with the newest data, alone.
   * @throws CancelledError once it is closed, and what kept the data from being read where they never were
   */
  async use<T>(work: (loaded: LoadedData) => Promise<T>): Promise<T> {
    await this.#fresh()
    const result = this.#queue.then(() => {
      if (this.#ending.signal.aborted) throw new CancelledError()
      return work(this.#loaded!)
    })
    this.#queue = result.catch(() => undefined)
    return result
  }

  /** Calls back when the data were read again, or cannot be. Watches them as long as somebody listens. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    this.#watching ??= this.#watch()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#stopWatching()
    }
  }

  async close(): Promise<void> {
    this.#ending.abort()
    this.#stopWatching()
    await this.#reading?.catch(() => undefined)
    await this.#queue
    await this.#closing
    await this.#loaded?.close()
    this.#loaded = undefined
  }

  #watch(): {close(): void} | undefined {
    const {location, every} = this.#options
    if (location !== undefined) return watchFiles(location, () => void this.#changed())
    if (every === undefined) return undefined
    const timer = setInterval(() => void this.#changed(), every)
    timer.unref()
    return {close: () => clearInterval(timer)}
  }

  #stopWatching(): void {
    this.#watching?.close()
    this.#watching = undefined
  }

  async #changed(): Promise<void> {
    if (!(await this.#isStale())) return
    await this.#read()
  }

  /** Has the newest data loaded, if they can be. */
  async #fresh(): Promise<void> {
    if (await this.#isStale()) await this.#read()
    if (this.#loaded === undefined) throw this.#problem ?? new CancelledError()
  }

  async #isStale(): Promise<boolean> {
    const {location, every, clock} = this.#options
    if (location !== undefined) {
      const now = await fingerprint(location)
      return now !== (this.#unreadable ?? this.#fingerprint)
    }
    if (this.#loaded === undefined) return true
    return every !== undefined && clock.now().getTime() - this.#loaded.readAt.getTime() >= every
  }

  /** Many who ask wait for one reading; what changes during it is read after it. */
  async #read(): Promise<void> {
    this.#dirty = true
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined
    })
    await this.#reading
  }

  async #readAll(): Promise<void> {
    while (this.#dirty && !this.#ending.signal.aborted) {
      this.#dirty = false
      const before = await this.#settled()
      // Another reading may have had it already.
      if (this.#loaded !== undefined && before !== '' && before === this.#fingerprint) {
        this.#unreadable = undefined
        if (this.#problem === undefined) continue
        this.#problem = undefined
      } else await this.#replace(before)
      for (const listener of this.#listeners) listener()
      // Only of files is it known that they changed meanwhile.
      if (this.#options.location === undefined) return
    }
  }

  async #replace(before: string): Promise<void> {
    const {open, clock} = this.#options
    this.#reads += 1
    try {
      const supply = await open(this.#ending.signal)
      const former = this.#loaded
      const next = new LoadedData(supply, (former?.version ?? 0) + 1, clock.now())
      // After whoever is reading the former, which is closed when the next is in its place.
      const replaced = this.#queue.then(() => {
        this.#loaded = next
        this.#fingerprint = before
      })
      this.#queue = replaced
      await replaced
      const closed = former?.close().catch((error: unknown) => void this.#explained(error))
      if (closed !== undefined) this.#closing = closed
      this.#problem = undefined
      this.#unreadable = undefined
    } catch (error) {
      this.#problem = this.#explained(error)
      this.#unreadable = before
    }
  }

  #explained(error: unknown): OmniError {
    if (error instanceof OmniError) return error
    const stack = error instanceof Error ? error.stack : String(error)
    this.#options.log.error('Data of a dashboard could not be read', {stack})
    return new FailureError('The data could not be read', {cause: error})
  }

  /** The fingerprint of files to which nobody is writing. */
  async #settled(): Promise<string> {
    const {location, clock} = this.#options
    if (location === undefined) return ''
    const until = clock.elapsed() + mostQuietMs
    let last = await fingerprint(location)
    // The first reading waits for nobody who writes.
    while (this.#loaded !== undefined && clock.elapsed() < until) {
      await delay(quietMs, undefined, {signal: this.#ending.signal}).catch(() => undefined)
      const next = await fingerprint(location)
      if (next === last) break
      last = next
    }
    return last
  }
}
