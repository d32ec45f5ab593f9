import type pg from 'pg'
import type {OpenOptions, PassageDatabase} from '../passage-store.ts'
import {listCollections} from './collection-tables.ts'
import {PgvectorStore} from './pgvector-store.ts'

/** A tenant's collections in a PostgreSQL database, in a schema of their own. */
export class PgvectorDatabase implements PassageDatabase {
  readonly #options: {readonly pool: pg.Pool; readonly tenant: string}

  constructor(options: {readonly pool: pg.Pool; readonly tenant: string}) {
    this.#options = options
  }

  open(collection: string, options: OpenOptions = {}): PgvectorStore {
    return new PgvectorStore({...this.#options, ...options, collection})
  }

  collections(): Promise<string[]> {
    return listCollections(this.#options.pool, this.#options.tenant)
  }

  async removeTenant(): Promise<string[]> {
    const collections = await this.collections()
    for (const collection of collections) await this.open(collection).drop()
    return collections
  }
}
