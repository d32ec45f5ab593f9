/** Things that are pushed on one side and read on the other, in order. For one reader. */
export class EventQueue<T> {
  readonly #waiting: T[] = []
  #ended = false
  #wake: (() => void) | undefined

  push(value: T): void {
    this.#waiting.push(value)
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift() as T
      if (this.#ended) return
      await new Promise<void>(wake => (this.#wake = wake))
    }
  }
}
