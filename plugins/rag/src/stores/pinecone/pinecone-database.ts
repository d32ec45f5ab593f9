import type {OpenOptions, PassageDatabase} from '../passage-store.ts'
import type {WriterOptions} from '../remote/writer.ts'
import type {PineconeService} from './pinecone-service.ts'
import {namespacePrefix, PineconeStore} from './pinecone-store.ts'

export interface PineconeDatabaseOptions extends WriterOptions {
  readonly service: PineconeService
  readonly tenant: string
}

/** A tenant's collections in a Pinecone project: the namespaces that begin with the tenant's name. */
export class PineconeDatabase implements PassageDatabase {
  readonly #options: PineconeDatabaseOptions

  constructor(options: PineconeDatabaseOptions) {
    this.#options = options
  }

  open(collection: string, options: OpenOptions = {}): PineconeStore {
    return new PineconeStore({...this.#options, ...options, collection})
  }

  async collections(): Promise<string[]> {
    const {service, tenant} = this.#options
    const prefix = namespacePrefix(tenant)
    const found: string[] = []
    for (let after: string | undefined; ;) {
      const query: [string, string][] = [
        ['prefix', prefix],
        ['limit', '100'],
      ]
      if (after !== undefined) query.push(['paginationToken', after])
      const url = await service.host(undefined)
      const {body} = await service.remote.request({method: 'GET', path: '/namespaces', query, url})
      const {namespaces = [], pagination} = body as {namespaces?: {name: string}[]; pagination?: {next?: string}}
      found.push(...namespaces.map(({name}) => name).filter(name => name.startsWith(prefix)))
      if (!pagination?.next) break
      after = pagination.next
    }
    const collections = found.map(name => name.slice(prefix.length)).toSorted()
    const present = await Promise.all(collections.map(name => this.open(name).exists()))
    return collections.filter((_, at) => present[at])
  }

  async removeTenant(): Promise<string[]> {
    const collections = await this.collections()
    for (const collection of collections) await this.open(collection).drop()
    return collections
  }
}
