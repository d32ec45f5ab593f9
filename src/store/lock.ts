/** A mutual exclusion that is granted in the order of asking. */
export class Lock {
  #tail: Promise<void> = Promise.resolve()

  /** Waits for its turn; the caller must call what it gets, once, to let the next one in. */
  async acquire(): Promise<() => void> {
    const before = this.#tail
    const {promise, resolve} = Promise.withResolvers<void>()
    this.#tail = before.then(() => promise)
    await before
    return resolve
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
}
