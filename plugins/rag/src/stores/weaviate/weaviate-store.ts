import {
  assertCollectionName,
  assertVectors,
  CollectionNotFoundError,
  type DocumentRows,
  type OpenOptions,
  type PassageStore,
  type StoreLimits,
} from '../passage-store.ts'
import {RemoteCollection, type ServiceFailures} from '../remote/remote-collection.ts'
import type {WriterOptions} from '../remote/writer.ts'
import {slices} from '../slices.ts'
import {className, classDefinition, objectOf, tenantName} from './passage-class.ts'
import {allOf, isAnyOf} from './weaviate-filter.ts'
import {WEAVIATE_LIMITS} from './weaviate-limits.ts'
import type {WeaviateObject, WeaviateService} from './weaviate-service.ts'
import {WeaviateSnapshot} from './weaviate-snapshot.ts'

export interface WeaviateStoreOptions extends OpenOptions, WriterOptions {
  readonly service: WeaviateService
  readonly tenant: string
  readonly collection: string
}

/** Rows of one call. */
const MOST_ROWS = 5_000
/** Documents of one delete. */
const DELETED = 100

const failures: ServiceFailures = {
  service: 'Weaviate',
  dimension: /vector length|dimension/iu,
  dimensionHint: 'The collection was made with another embedding model: ingest and search it with one and the same.',
  hint: 'omni doctor looks at the server.',
}

/**
 * A collection in Weaviate: a class with multi-tenancy, and in it a tenant of each tenant's own. BM25 is Weaviate's, over
 * terms that are cut at white space only.
 */
export class WeaviateStore implements PassageStore {
  readonly #options: WeaviateStoreOptions
  readonly #remote: RemoteCollection
  readonly #class: string
  readonly #tenant: string

  /** Opens nothing yet. @throws InvalidInputError for a name that cannot be a collection's. */
  constructor(options: WeaviateStoreOptions) {
    assertCollectionName(options.collection)
    this.#options = options
    this.#remote = new RemoteCollection(options.collection, failures, options)
    this.#class = className(options.collection)
    this.#tenant = tenantName(options.tenant)
  }

  async limits(): Promise<StoreLimits> {
    return {
      consistency: 'immediate',
      atomic: false,
      nativeHybrid: true,
      mostRows: MOST_ROWS,
      dimension: await this.#remote.tried(() => this.#dimension()),
    }
  }

  async exists(): Promise<boolean> {
    return this.#remote.tried(() => this.#options.service.hasTenant(this.#class, this.#tenant))
  }

  async snapshot(): Promise<WeaviateSnapshot> {
    const {service, tenant, collection} = this.#options
    if (!(await this.exists())) throw new CollectionNotFoundError(collection)
    return new WeaviateSnapshot({
      service,
      tenant,
      collection,
      dimension: await this.#remote.tried(() => this.#dimension()),
      remote: this.#remote,
    })
  }

  async replaceDocuments(
    documents: readonly DocumentRows[],
    before: () => Promise<void> = async () => {},
  ): Promise<void> {
    const {service, tenant, collection} = this.#options
    assertVectors(documents, await this.#remote.tried(() => this.#dimension()))
    const objects = documents.flatMap(({rows}) => rows.map(row => objectOf(collection, tenant, row)))
    await this.#remote.alone(async () => {
      await before()
      await this.#create()
      for (const batch of batches(objects)) await service.put(batch)
      await this.#removeAfter(documents)
    })
  }

  async removeDocuments(choose: () => Promise<readonly string[]>): Promise<number> {
    if (!(await this.exists())) {
      await choose()
      return 0
    }
    return this.#remote.alone(async () => {
      let removed = 0
      for (const some of slices(await choose(), DELETED)) {
        removed += await this.#options.service.delete(this.#class, this.#tenant, isAnyOf('document', some))
      }
      return removed
    })
  }

  awaitWriters(): Promise<void> {
    return this.#remote.alone(async () => {})
  }

  /** Weaviate keeps its indexes in order by itself. */
  async optimize(): Promise<void> {}

  /** Deletes by id and filter; when Weaviate compacts what it deleted is its own affair. */
  async erase(): Promise<void> {}

  async drop(): Promise<boolean> {
    if (!(await this.exists())) return false
    await this.#remote.alone(() => this.#options.service.deleteTenant(this.#class, this.#tenant))
    return true
  }

  async close(): Promise<void> {}

  async #create(): Promise<void> {
    const {service, collection} = this.#options
    if ((await service.describe(this.#class)) === undefined) await service.createClass(classDefinition(collection))
    if (!(await service.hasTenant(this.#class, this.#tenant))) await service.createTenant(this.#class, this.#tenant)
  }

  /** Deletes what documents had beyond their new rows. */
  async #removeAfter(documents: readonly DocumentRows[]): Promise<void> {
    const byLength = Map.groupBy(documents, ({rows}) => Math.max(-1, ...rows.map(({passage}) => passage.ordinal)))
    for (const [last, alike] of byLength) {
      for (const some of slices(alike, DELETED)) {
        const own = isAnyOf(
          'document',
          some.map(({documentId}) => documentId),
        )
        const beyond = {path: ['ordinal'], operator: 'GreaterThanEqual', valueInt: last + 1} as const
        await this.#options.service.delete(this.#class, this.#tenant, allOf([own, beyond])!)
      }
    }
  }

  /** Of the vectors that there are; where there is none yet, of those that are to be. */
  async #dimension(): Promise<number | undefined> {
    const {service, dimension} = this.#options
    if (!(await this.exists())) return dimension
    const where = '{path: ["vectorLength"], operator: GreaterThanEqual, valueInt: 1}'
    const query = `{Get {${this.#class}(tenant: "${this.#tenant}", limit: 1, where: ${where}) {vectorLength}}}`
    const [found] = (await service.graphql(query)).Get![this.#class] as {vectorLength: number}[]
    return found?.vectorLength ?? dimension
  }
}

function batches(objects: readonly WeaviateObject[]): WeaviateObject[][] {
  const all: WeaviateObject[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const object of objects) {
    const size = Buffer.byteLength(JSON.stringify(object))
    if (bytes + size > WEAVIATE_LIMITS.bytes || all.at(-1)!.length === WEAVIATE_LIMITS.batch) {
      all.push([])
      bytes = 0
    }
    all.at(-1)!.push(object)
    bytes += size
  }
  return all
}
