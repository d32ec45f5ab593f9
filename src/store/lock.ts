/** A mutual exclusion that is granted in the order of asking. */
export class Lock {
  #tail: Promise<void> = Promise.resolve()
  /** Who has it, and who waits for it. */
  #users = 0

  /** Takes it where nobody has it or waits for it. */
  tryAcquire(): (() => void) | undefined {
    if (this.#users > 0) return undefined
    const {promise, resolve} = Promise.withResolvers<void>()
    this.#tail = promise
    return this.#enter(resolve)
  }

  /**
   * Waits for its turn; the caller must call what it gets, once, to let the next one in.
   * @throws the signal's reason if it aborts before; the place in the queue is given up
   */
  async acquire(signal?: AbortSignal): Promise<() => void> {
    const before = this.#tail
    const {promise, resolve} = Promise.withResolvers<void>()
    this.#tail = before.then(() => promise)
    const leave = this.#enter(resolve)
    try {
      await (signal === undefined ? before : abortable(before, signal))
    } catch (error) {
      leave()
      throw error
    }
    return leave
  }

  /** Runs the work alone. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.acquire()
    try {
      return await work()
    } finally {
      release()
    }
  }

  #enter(resolve: () => void): () => void {
    this.#users += 1
    return () => {
      this.#users -= 1
      resolve()
    }
  }
}

async function abortable(waiting: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const {promise: aborted, reject} = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, {once: true})
  try {
    await Promise.race([waiting, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
