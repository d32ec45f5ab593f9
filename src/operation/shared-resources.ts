interface Entry {
  readonly resource: Promise<unknown>
  readonly close: ((resource: never) => Promise<void>) | undefined
  readonly group: string | undefined
}

/** Things of one kind of which so many are kept at once. */
export interface SharedGroup {
  readonly name: string
  readonly most: number
}

/** Costly things that the calls of one session share, made once and closed together, the last made first. */
export class SharedResources {
  /** Those of a group in the order of their last use. */
  readonly #entries = new Map<string, Entry>()
  readonly #closing = new Set<Promise<void>>()

  /**
   * The resource of a key; one whose making failed is made anew by the next call. Of a group that is full, the one that
   * was not asked for longest is closed, though somebody may still be using it.
   */
  get<T>(key: string, make: () => Promise<T>, close?: (resource: T) => Promise<void>, group?: SharedGroup): Promise<T> {
    const present = this.#entries.get(key)
    if (present) {
      if (present.group !== undefined) this.#moveToEnd(key, present)
      return present.resource as Promise<T>
    }
    if (group) this.#makeRoom(group)
    const resource = make()
    this.#entries.set(key, {resource, close, group: group?.name})
    // Another may have taken its place meanwhile.
    resource.catch(() => this.#entries.get(key)?.resource === resource && this.#entries.delete(key))
    return resource
  }

  /** Closes all, also where one of them cannot be closed. @throws what the first of those threw */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()].toReversed()
    this.#entries.clear()
    await Promise.all(this.#closing)
    const failures: unknown[] = []
    for (const entry of entries) await closed(entry).catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }

  #moveToEnd(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#entries.set(key, entry)
  }

  #makeRoom({name, most}: SharedGroup): void {
    const own = [...this.#entries].filter(([, {group}]) => group === name)
    for (const [key, entry] of own.slice(0, Math.max(0, own.length - most + 1))) {
      this.#entries.delete(key)
      // What cannot be closed is let go all the same.
      const closing = closed(entry).catch(() => {})
      this.#closing.add(closing)
      void closing.then(() => this.#closing.delete(closing))
    }
  }
}

async function closed({resource, close}: Entry): Promise<void> {
  const made = await resource.catch(() => undefined)
  if (made !== undefined) await close?.(made as never)
}
