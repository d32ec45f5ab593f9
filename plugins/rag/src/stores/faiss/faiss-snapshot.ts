import {LanceDbSnapshot, type LanceDbSnapshotOptions} from '../lancedb/lancedb-snapshot.ts'
import type {Candidate, ListOptions} from '../passage-store.ts'
import type {Generation} from './generation.ts'

/** How many times as many are asked for, when a filter let too few through. */
const WIDER = 4

/** A version of a table whose vectors FAISS searches. */
export class FaissSnapshot extends LanceDbSnapshot {
  readonly #generation: (snapshot: LanceDbSnapshot) => Promise<Generation>

  constructor(options: LanceDbSnapshotOptions, generation: (snapshot: LanceDbSnapshot) => Promise<Generation>) {
    super(options)
    this.#generation = generation
  }

  /** FAISS knows no filters here: it is asked for more, until enough of them pass or there are no more. */
  override async byVector(vector: Float32Array, {limit, filter = {}}: ListOptions): Promise<Candidate[]> {
    if (!(await this.fits(vector))) return []
    const {index, keys} = await this.#generation(this)
    if (keys.length === 0) return []
    const isFiltered = Object.values(filter).some(each => each !== undefined)
    const passing = isFiltered ? await this.keysOf(filter) : undefined
    for (
      let count = Math.min(keys.length, limit * (isFiltered ? WIDER : 1));
      ;
      count = Math.min(keys.length, count * WIDER)
    ) {
      const {labels, distances} = index.search(Array.from(vector), count)
      const found = labels.flatMap((label, at) => {
        // FAISS fills a list that it cannot fill with −1.
        const key = label < 0 ? undefined : keys[label]!
        return key === undefined || passing?.has(key) === false ? [] : [{key, score: distances[at]!}]
      })
      if (found.length >= Math.min(limit, passing?.size ?? limit) || count >= keys.length) return found.slice(0, limit)
    }
  }
}
