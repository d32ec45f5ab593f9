import {
  assertCollectionName,
  assertVectors,
  CollectionNotFoundError,
  type DocumentRows,
  type OpenOptions,
  type PassageStore,
  type StoreLimits,
} from '../passage-store.ts'
import {inOrder} from '../remote/in-order.ts'
import {RemoteCollection, type ServiceFailures} from '../remote/remote-collection.ts'
import type {WriterOptions} from '../remote/writer.ts'
import {
  CollectionCounts,
  type CollectionRecord,
  type CollectionState,
  readRecord,
  readSketch,
  writeState,
  writeUnsettled,
} from './collection-record.ts'
import {documentPrefix, FILTERABLE, passageRecord, type PassageRecord, PASSAGES, storedRowOf} from './passage-record.ts'
import {PAGE, PineconeNamespace} from './pinecone-namespace.ts'
import type {PineconeService} from './pinecone-service.ts'
import {PineconeSnapshot} from './pinecone-snapshot.ts'
import {sparseVectorOf} from './sparse-terms.ts'

export interface PineconeStoreOptions extends OpenOptions, WriterOptions {
  readonly service: PineconeService
  readonly tenant: string
  readonly collection: string
}

/** Rows of one call: what a few requests of 2 MB take. */
const MOST_ROWS = 5_000
/** Documents whose ids are listed at once. */
const AT_ONCE = 6
/** The average length may change by so much until all passages are encoded anew. */
const DRIFT = 0.1

const failures: ServiceFailures = {
  service: 'Pinecone',
  dimension: /dimension/iu,
  dimensionHint: 'The index is of another embedding model: ingest and search a collection with one and the same model.',
  hint: 'omni doctor looks at the service; https://status.pinecone.io says how it is.',
}

/** A tenant's namespaces begin with this. */
export function namespacePrefix(tenant: string): string {
  return `${Buffer.from(tenant).toString('base64url')}.`
}

/**
 * A collection in Pinecone: a namespace of the index of passages and, for its vectors, one of the same name in the index
 * of its dimension. Pinecone has no BM25 over words of ours, so that this keeps what BM25 has to know in records of its
 * own: counts and averages, made anew where a write broke off.
 */
export class PineconeStore implements PassageStore {
  readonly #options: PineconeStoreOptions
  readonly #remote: RemoteCollection
  readonly #passages: PineconeNamespace
  readonly #vectors = new Map<number, PineconeNamespace>()
  #known: CollectionState | undefined

  /** Opens nothing yet. @throws InvalidInputError for a name that cannot be a collection's. */
  constructor(options: PineconeStoreOptions) {
    assertCollectionName(options.collection)
    this.#options = options
    this.#remote = new RemoteCollection(options.collection, failures, options)
    this.#passages = new PineconeNamespace(options.service, undefined, this.#namespace)
  }

  async limits(): Promise<StoreLimits> {
    const record = await this.#remote.tried(() => readRecord(this.#passages))
    return {
      consistency: 'eventual',
      atomic: false,
      nativeHybrid: false,
      mostRows: MOST_ROWS,
      dimension: record?.dimension ?? this.#options.dimension,
    }
  }

  async exists(): Promise<boolean> {
    return (await this.#remote.tried(() => readRecord(this.#passages))) !== undefined
  }

  async snapshot(): Promise<PineconeSnapshot> {
    const state = await this.#remote.tried(() => this.#state())
    if (state === undefined) throw new CollectionNotFoundError(this.#options.collection)
    return new PineconeSnapshot({
      state,
      passages: this.#passages,
      vectors: this.#vectorsOf(state.record.dimension),
      remote: this.#remote,
    })
  }

  async replaceDocuments(
    documents: readonly DocumentRows[],
    before: () => Promise<void> = async () => {},
  ): Promise<void> {
    const {dimension} = await this.limits()
    assertVectors(documents, dimension)
    const records = documents.flatMap(({rows}) => rows.map(passageRecord))
    // An index that is missing is found out before anything is written.
    await this.#remote.tried(() => this.#options.service.host(undefined))
    if (dimension !== undefined) await this.#remote.tried(() => this.#options.service.host(dimension))
    await this.#remote.alone(async () => {
      const known = await this.#state()
      await before()
      await this.#replace(
        known,
        documents.map(({documentId}) => documentId),
        records,
      )
    })
  }

  async removeDocuments(choose: () => Promise<readonly string[]>): Promise<number> {
    if (!(await this.exists())) {
      await choose()
      return 0
    }
    return this.#remote.alone(async () => {
      const known = await this.#state()
      return this.#replace(known, await choose(), [])
    })
  }

  awaitWriters(): Promise<void> {
    return this.#remote.alone(async () => {})
  }

  /** Counts anew what a broken write left uncounted, and encodes anew where the average length has moved. */
  async optimize(): Promise<void> {
    if (!(await this.exists())) return
    await this.#remote.alone(async () => {
      const known = await this.#state()
      if (known === undefined) return
      const state = known.record.unsettled ? await this.#counted(known.record) : known
      const average = new CollectionCounts(state).average
      if (hasMoved(average, state.record.encodedWith)) await this.#encode(state)
      else if (state !== known) await this.#settle(state)
    })
  }

  /** Deletes by id; what Pinecone keeps of deleted records, and for how long, is Pinecone's affair. */
  erase(): Promise<void> {
    return this.optimize()
  }

  async drop(): Promise<boolean> {
    const record = await this.#remote.tried(() => readRecord(this.#passages))
    if (record === undefined) return false
    await this.#remote.alone(async () => {
      await this.#vectorsOf(record.dimension)?.drop()
      await this.#passages.drop()
      this.#known = undefined
      await this.#gone()
    })
    return true
  }

  async close(): Promise<void> {}

  get #namespace(): string {
    return namespacePrefix(this.#options.tenant) + this.#options.collection
  }

  #vectorsOf(dimension: number | undefined): PineconeNamespace | undefined {
    if (dimension === undefined) return undefined
    const known =
      this.#vectors.get(dimension) ?? new PineconeNamespace(this.#options.service, dimension, this.#namespace)
    this.#vectors.set(dimension, known)
    return known
  }

  /** Puts records in place of all that documents had. @returns how many passages were there before. */
  async #replace(
    known: CollectionState | undefined,
    documentIds: readonly string[],
    records: readonly PassageRecord[],
  ): Promise<number> {
    const counts = new CollectionCounts(known)
    if (known === undefined) await this.#passages.create(FILTERABLE)
    const listed = await inOrder(documentIds, AT_ONCE, id => this.#passages.ids(documentPrefix(id)))
    const present = [...new Set(listed.flat())]
    const old = await this.#passages.fetch(present)
    for (const record of old) counts.remove(storedRowOf(record))
    for (const {row} of records) counts.add(row)
    const dimension = known?.record.dimension ?? this.#options.dimension
    const encodedWith = known === undefined || known.record.passages === 0 ? counts.average : known.record.encodedWith
    const unsettled = known?.record.unsettled ?? false
    counts.set({revision: (known?.record.revision ?? 0) + 1, dimension, encodedWith, unsettled})
    await writeUnsettled(this.#passages, known ?? new CollectionCounts().state)
    await this.#write(dimension, present, records, encodedWith)
    await this.#settle(counts.state)
    return old.length
  }

  /** In an order in which, wherever it breaks off, every vector has its passage: by passages both are found again. */
  async #write(
    dimension: number | undefined,
    present: readonly string[],
    records: readonly PassageRecord[],
    encodedWith: CollectionRecord['encodedWith'],
  ): Promise<void> {
    const vectors = this.#vectorsOf(dimension)
    const kept = new Set(records.map(({id}) => id))
    await this.#passages.upsert(
      records.map(({id, row, metadata}) => ({id, sparseValues: sparseVectorOf(row.terms, encodedWith), metadata})),
    )
    if (vectors !== undefined) await replaceVectors(vectors, present, records)
    await this.#passages.delete(present.filter(id => !kept.has(id)))
  }

  /** Ends a write: the counts are true, and can be read. */
  async #settle(state: CollectionState): Promise<void> {
    await writeState(this.#passages, state)
    await this.#passages.fresh()
    await this.#vectorsOf(state.record.dimension)?.fresh()
    this.#known = undefined
  }

  /** A state counted from the rows that are there. */
  async #counted(record: CollectionRecord): Promise<CollectionState> {
    const counts = new CollectionCounts()
    for (let after: string | undefined; ;) {
      const page = await this.#passages.list(PASSAGES, PAGE, after)
      for (const found of await this.#passages.fetch(page.ids)) counts.add(storedRowOf(found))
      if (page.next === undefined) break
      after = page.next
    }
    const {revision, dimension, encodedWith} = record
    counts.set({revision: revision + 1, dimension, encodedWith, unsettled: false})
    return counts.state
  }

  /** Encodes all passages with the average length as it is now. Where it breaks off, the next one begins again. */
  async #encode(state: CollectionState): Promise<void> {
    const counts = new CollectionCounts(state)
    const encodedWith = counts.average
    for (let after: string | undefined; ;) {
      const page = await this.#passages.list(PASSAGES, PAGE, after)
      const found = await this.#passages.fetch(page.ids)
      await this.#passages.upsert(
        found.map(record => ({
          id: record.id,
          sparseValues: sparseVectorOf(storedRowOf(record).terms, encodedWith),
          metadata: record.metadata,
        })),
      )
      if (page.next === undefined) break
      after = page.next
    }
    counts.set({revision: state.record.revision + 1, encodedWith})
    await this.#settle(counts.state)
  }

  async #state(): Promise<CollectionState | undefined> {
    const record = await readRecord(this.#passages)
    if (record === undefined) return undefined
    const known = this.#known
    // The revision alone would take a collection that was dropped and made again for the one before.
    if (known !== undefined && isSameState(known.record, record)) return {record, sketch: known.sketch}
    this.#known = {record, sketch: await readSketch(this.#passages, record)}
    return this.#known
  }

  /** Waits until a dropped collection is not found any more. */
  async #gone(): Promise<void> {
    for (let look = 0; look < 40 && (await readRecord(this.#passages)) !== undefined; look++) {
      await this.#options.service.remote.wait(50)
    }
  }
}

function isSameState(one: CollectionRecord, other: CollectionRecord): boolean {
  return JSON.stringify({...one, unsettled: false}) === JSON.stringify({...other, unsettled: false})
}

async function replaceVectors(
  vectors: PineconeNamespace,
  present: readonly string[],
  records: readonly PassageRecord[],
): Promise<void> {
  const dense = records.flatMap(({id, row: {vector}, metadata: {row: _, ...filterable}}) =>
    vector === undefined ? [] : [{id, values: [...vector], metadata: filterable}],
  )
  const kept = new Set(dense.map(({id}) => id))
  await vectors.upsert(dense)
  await vectors.delete(present.filter(id => !kept.has(id)))
}

function hasMoved(now: {terms: number; grams: number}, then: {terms: number; grams: number}): boolean {
  return (['terms', 'grams'] as const).some(
    kind => Math.abs(now[kind] - then[kind]) > DRIFT * Math.max(then[kind], 1e-9),
  )
}
