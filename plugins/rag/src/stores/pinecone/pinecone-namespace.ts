import type {RemoteAnswer, RemoteRequest} from '../remote/remote-service.ts'
import {RemoteStatusError} from '../remote/remote-service.ts'
import {inOrder} from '../remote/in-order.ts'
import {slices} from '../slices.ts'
import type {PineconeService} from './pinecone-service.ts'
import {RESERVED_INDEX, type SparseVector} from './sparse-terms.ts'

export type Metadata = Readonly<Record<string, string | number | boolean | readonly string[]>>
export type MetadataFilter = Readonly<Record<string, unknown>>

/** A record: `values` in a dense index, `sparseValues` in a sparse one. */
export interface PineconeRecord {
  readonly id: string
  readonly values?: readonly number[]
  readonly sparseValues?: SparseVector
  readonly metadata: Metadata
}

export interface Match {
  readonly id: string
  readonly score: number
}

/**
 * Limits of a request (https://docs.pinecone.io/reference/api/database-limits/operation-limits): 1,000 records and 2 MB
 * for an upsert, 1,000 ids for a fetch or delete; 10,000 matches of a query.
 */
const MOST_RECORDS = 1_000
const MOST_BYTES = 1_900_000
const MOST_DELETED = 1_000
export const MOST_MATCHES = 10_000
/** Ids of a fetch are in the URL: fewer than are allowed, so that no proxy finds it too long. */
const FETCHED = 80
/** Ids of a page (`listVectors`: 100 by default). */
export const PAGE = 100
/** Far below the 100 requests a second that a namespace takes (https://docs.pinecone.io/reference/quotas-and-limits). */
const AT_ONCE = 6
/** How long a write waits until it can be read; then it goes on, and is found later. Milliseconds. */
const FRESH_WITHIN = 20_000
const FIRST_LOOK = 25

/**
 * A namespace of an index: one collection of one tenant. What was written is looked for by the log sequence numbers
 * that answers carry (https://docs.pinecone.io/guides/index-data/check-data-freshness).
 */
export class PineconeNamespace {
  readonly #service: PineconeService
  readonly #dimension: number | undefined
  readonly name: string
  #written = 0n

  constructor(service: PineconeService, dimension: number | undefined, name: string) {
    this.#service = service
    this.#dimension = dimension
    this.name = name
  }

  /** Makes it, with those metadata fields to filter by and no others. One that is there stays as it is. */
  async create(filterable: readonly string[]): Promise<void> {
    const fields = Object.fromEntries(filterable.map(field => [field, {filterable: true}]))
    try {
      await this.#request({method: 'POST', path: '/namespaces', body: {name: this.name, schema: {fields}}})
    } catch (error) {
      if (!(error instanceof RemoteStatusError) || error.status !== 409) throw error
    }
  }

  async upsert(records: readonly PineconeRecord[]): Promise<void> {
    await inOrder(batches(records), AT_ONCE, async vectors => {
      this.#note(await this.#request({method: 'POST', path: '/vectors/upsert', body: {namespace: this.name, vectors}}))
    })
  }

  async delete(ids: readonly string[]): Promise<void> {
    await inOrder(slices(ids, MOST_DELETED), AT_ONCE, async some => {
      const body = {namespace: this.name, ids: some}
      const answer = await this.#unlessMissing({method: 'POST', path: '/vectors/delete', body})
      if (answer !== undefined) this.#note(answer)
    })
  }

  /** Deletes the namespace with all that is in it. */
  async drop(): Promise<void> {
    await this.#unlessMissing({method: 'DELETE', path: `/namespaces/${encodeURIComponent(this.name)}`})
    this.#written = 0n
  }

  /** Records by their ids, in any order; those that are not there are left out. */
  async fetch(ids: readonly string[]): Promise<PineconeRecord[]> {
    const pages = await inOrder(slices(ids, FETCHED), AT_ONCE, async some => {
      const query = [['namespace', this.name] as const, ...some.map(id => ['ids', id] as const)]
      const answer = await this.#unlessMissing({method: 'GET', path: '/vectors/fetch', query})
      return Object.values((answer?.body as {vectors?: Record<string, PineconeRecord>} | undefined)?.vectors ?? {})
    })
    return pages.flat()
  }

  /** A page of ids that begin with `prefix`, in the order of their bytes. */
  async list(prefix: string, limit: number, after?: string): Promise<{ids: string[]; next: string | undefined}> {
    const query: [string, string][] = [
      ['namespace', this.name],
      ['prefix', prefix],
      ['limit', String(Math.min(limit, PAGE))],
    ]
    if (after !== undefined) query.push(['paginationToken', after])
    const answer = await this.#unlessMissing({method: 'GET', path: '/vectors/list', query})
    const {vectors = [], pagination} = (answer?.body ?? {}) as {vectors?: {id: string}[]; pagination?: {next?: string}}
    return {ids: vectors.map(({id}) => id), next: pagination?.next || undefined}
  }

  async ids(prefix: string): Promise<string[]> {
    const ids: string[] = []
    for (let after: string | undefined; ;) {
      const page = await this.list(prefix, PAGE, after)
      ids.push(...page.ids)
      if (page.next === undefined) return ids
      after = page.next
    }
  }

  /** A page of records that a filter lets through. */
  async fetchFiltered(
    filter: MetadataFilter,
    after?: string,
  ): Promise<{records: PineconeRecord[]; next: string | undefined}> {
    const body = {namespace: this.name, filter, limit: PAGE, ...(after === undefined ? {} : {paginationToken: after})}
    const answer = await this.#unlessMissing({method: 'POST', path: '/vectors/fetch_by_metadata', body})
    const found = (answer?.body ?? {}) as {vectors?: Record<string, PineconeRecord>; pagination?: {next?: string}}
    return {records: Object.values(found.vectors ?? {}), next: found.pagination?.next || undefined}
  }

  /** The records nearest to a vector, best first. */
  async query(
    asked: {readonly vector: readonly number[]} | {readonly sparseVector: SparseVector},
    limit: number,
    filter?: MetadataFilter,
  ): Promise<Match[]> {
    const body = {
      namespace: this.name,
      topK: Math.min(limit, MOST_MATCHES),
      ...asked,
      ...(filter === undefined ? {} : {filter}),
      includeValues: false,
      includeMetadata: false,
    }
    const answer = await this.#unlessMissing({method: 'POST', path: '/query', body})
    const {matches = []} = (answer?.body ?? {}) as {matches?: {id: string; score?: number}[]}
    return matches.map(({id, score = 0}) => ({id, score}))
  }

  /** Waits until all that this object wrote can be read, or for as long as is reasonable. */
  async fresh(): Promise<void> {
    let wait = FIRST_LOOK
    for (let waited = 0; waited < FRESH_WITHIN; waited += wait, wait = Math.min(wait * 2, 1_000)) {
      const seen = await this.#seen()
      if (seen === undefined || seen >= this.#written) return
      await this.#service.remote.wait(wait)
    }
  }

  /** Up to which write queries see the namespace; undefined where the service does not say. */
  async #seen(): Promise<bigint | undefined> {
    const probe =
      this.#dimension === undefined
        ? {sparseVector: {indices: [RESERVED_INDEX], values: [1]}}
        : {vector: Array.from({length: this.#dimension}, (_, at) => (at === 0 ? 1 : 0))}
    const answer = await this.#unlessMissing({
      method: 'POST',
      path: '/query',
      body: {namespace: this.name, topK: 1, ...probe, includeValues: false, includeMetadata: false},
    })
    return numberOf(answer?.headers.get('x-pinecone-max-indexed-lsn'))
  }

  #note({headers}: RemoteAnswer): void {
    const written = numberOf(headers.get('x-pinecone-request-lsn')) ?? 0n
    if (written > this.#written) this.#written = written
  }

  async #request(request: RemoteRequest): Promise<RemoteAnswer> {
    return this.#service.remote.request({...request, url: await this.#service.host(this.#dimension)})
  }

  /** A namespace that nothing was written to is not found. */
  async #unlessMissing(request: RemoteRequest): Promise<RemoteAnswer | undefined> {
    try {
      return await this.#request(request)
    } catch (error) {
      if (error instanceof RemoteStatusError && error.status === 404) return undefined
      throw error
    }
  }
}

/** Records in as few requests as the limits allow. */
function batches(records: readonly PineconeRecord[]): PineconeRecord[][] {
  const all: PineconeRecord[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1
    if (bytes + size > MOST_BYTES || all.at(-1)!.length === MOST_RECORDS) {
      all.push([])
      bytes = 0
    }
    all.at(-1)!.push(record)
    bytes += size
  }
  return all
}

function numberOf(text: string | null | undefined): bigint | undefined {
  return text !== null && text !== undefined && /^\d+$/u.test(text) ? BigInt(text) : undefined
}
