/**
 * What is known of each call that is under way, by its id. In a `Map` it would outlive its call by far: V8 leaves the
 * table that a map has outgrown as it was, pointing to the next one (`OrderedHashTable::SetNextTable`), so that once a
 * table is among the old objects every later one goes there too, with what was under way then, and stays until all is
 * collected. Here the map has nothing but ids and places.
 */
export class OpenCalls<Known> {
  readonly #places = new Map<string, number>()
  readonly #ids: string[] = []
  readonly #known: Known[] = []

  get size(): number {
    return this.#known.length
  }

  has(id: string): boolean {
    return this.#places.has(id)
  }

  add(id: string, known: Known): void {
    this.#places.set(id, this.#known.length)
    this.#ids.push(id)
    this.#known.push(known)
  }

  /** @returns what was known of it; undefined where it was not under way */
  remove(id: string): Known | undefined {
    const place = this.#places.get(id)
    if (place === undefined) return undefined
    this.#places.delete(id)
    const lastId = this.#ids.pop()!
    const last = this.#known.pop()!
    if (lastId === id) return last
    const removed = this.#known[place]
    this.#places.set(lastId, place)
    this.#ids[place] = lastId
    this.#known[place] = last
    return removed
  }

  /** In no order; none may begin or end meanwhile. */
  [Symbol.iterator](): IterableIterator<Known> {
    return this.#known.values()
  }
}
