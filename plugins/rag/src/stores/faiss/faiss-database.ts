import {tablesIn} from '../lancedb/tables-in.ts'
import type {OpenOptions, PassageDatabase} from '../passage-store.ts'
import {FaissStore} from './faiss-store.ts'

/** A directory of collections whose vectors FAISS searches. */
export class FaissDatabase implements PassageDatabase {
  readonly #directory: string

  /** @param directory absolute, and of nothing else. */
  constructor(directory: string) {
    this.#directory = directory
  }

  open(collection: string, options: OpenOptions = {}): FaissStore {
    return new FaissStore({directory: this.#directory, collection, ...options})
  }

  collections(): Promise<string[]> {
    return tablesIn(this.#directory)
  }

  async removeTenant(): Promise<string[]> {
    const collections = await this.collections()
    for (const collection of collections) await this.open(collection).drop()
    return collections
  }
}
