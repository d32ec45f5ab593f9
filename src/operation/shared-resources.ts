interface Entry {
  readonly resource: Promise<unknown>
  readonly close: ((resource: never) => Promise<void>) | undefined
}

/** Costly things that the calls of one session share, made once and closed together, the last made first. */
export class SharedResources {
  readonly #entries = new Map<string, Entry>()

  /** The resource of a key; one whose making failed is made anew by the next call. */
  get<T>(key: string, make: () => Promise<T>, close?: (resource: T) => Promise<void>): Promise<T> {
    const present = this.#entries.get(key)
    if (present) return present.resource as Promise<T>
    const resource = make()
    this.#entries.set(key, {resource, close})
    resource.catch(() => this.#entries.delete(key))
    return resource
  }

  async close(): Promise<void> {
    const entries = [...this.#entries.values()].toReversed()
    this.#entries.clear()
    for (const {resource, close} of entries) {
      const made = await resource.catch(() => undefined)
      if (made !== undefined) await close?.(made as never)
    }
  }
}
