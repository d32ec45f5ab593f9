import type {OpenOptions, PassageDatabase} from '../passage-store.ts'
import type {WriterOptions} from '../remote/writer.ts'
import {collectionOf} from './passage-class.ts'
import type {WeaviateService} from './weaviate-service.ts'
import {WeaviateStore} from './weaviate-store.ts'

export interface WeaviateDatabaseOptions extends WriterOptions {
  readonly service: WeaviateService
  readonly tenant: string
}

/** A tenant's collections on a Weaviate server: its tenants in the classes of collections. */
export class WeaviateDatabase implements PassageDatabase {
  readonly #options: WeaviateDatabaseOptions

  constructor(options: WeaviateDatabaseOptions) {
    this.#options = options
  }

  open(collection: string, options: OpenOptions = {}): WeaviateStore {
    return new WeaviateStore({...this.#options, ...options, collection})
  }

  async collections(): Promise<string[]> {
    const classes = await this.#options.service.classes()
    const all = classes.map(collectionOf).filter(name => name !== undefined)
    const present = await Promise.all(all.map(name => this.open(name).exists()))
    return all.filter((_, at) => present[at]).toSorted()
  }

  async removeTenant(): Promise<string[]> {
    const collections = await this.collections()
    for (const collection of collections) await this.open(collection).drop()
    return collections
  }
}
