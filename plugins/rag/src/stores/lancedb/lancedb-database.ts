import type {OpenOptions, PassageDatabase} from '../passage-store.ts'
import {LanceDbStore, type LanceDbStoreOptions} from './lancedb-store.ts'
import {tablesIn} from './tables-in.ts'

/** A directory of LanceDB tables, a table for each of the tenant's collections. */
export class LanceDbDatabase implements PassageDatabase {
  readonly #options: Omit<LanceDbStoreOptions, 'collection' | 'dimension'>

  constructor(options: Omit<LanceDbStoreOptions, 'collection' | 'dimension'>) {
    this.#options = options
  }

  open(collection: string, options: OpenOptions = {}): LanceDbStore {
    return new LanceDbStore({...this.#options, ...options, collection})
  }

  collections(): Promise<string[]> {
    return tablesIn(this.#options.directory)
  }

  async removeTenant(): Promise<string[]> {
    const collections = await this.collections()
    for (const collection of collections) await this.open(collection).drop()
    return collections
  }
}
