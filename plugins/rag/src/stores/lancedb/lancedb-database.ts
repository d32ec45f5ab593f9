import type {OpenOptions, PassageDatabase} from '../passage-store.ts'
import {connectTo} from './connect.ts'
import {LanceDbStore, type LanceDbStoreOptions} from './lancedb-store.ts'
import {tablesIn} from './tables-in.ts'

/** A directory, or a prefix in an object store, of LanceDB tables, a table for each of the tenant's collections. */
export class LanceDbDatabase implements PassageDatabase {
  readonly #options: Omit<LanceDbStoreOptions, 'collection' | 'dimension'>

  constructor(options: Omit<LanceDbStoreOptions, 'collection' | 'dimension'>) {
    this.#options = options
  }

  open(collection: string, options: OpenOptions = {}): LanceDbStore {
    return new LanceDbStore({...this.#options, ...options, collection})
  }

  async collections(): Promise<string[]> {
    const {directory, uri, storageOptions} = this.#options
    if (uri === undefined) return tablesIn(directory)
    const connection = await connectTo(uri, storageOptions)
    try {
      return (await connection.tableNames()).toSorted()
    } finally {
      connection.close()
    }
  }

  async removeTenant(): Promise<string[]> {
    const collections = await this.collections()
    for (const collection of collections) await this.open(collection).drop()
    return collections
  }
}
