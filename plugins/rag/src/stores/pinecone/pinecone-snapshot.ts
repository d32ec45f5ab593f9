import type {PassageFilter} from '../../index/metadata-filter.ts'
import {type Passage, placeOfId} from '../../index/passage.ts'
import {
  assertVector,
  type Candidate,
  type CandidatePassage,
  type ListOptions,
  type PageOptions,
  type PassageKey,
  type PassageSnapshot,
  type RowPage,
  type StoreStatistics,
} from '../passage-store.ts'
import {inOrder} from '../remote/in-order.ts'
import {passesFilter} from '../remote/passes-filter.ts'
import type {RemoteCollection} from '../remote/remote-collection.ts'
import {candidatePassageOf, type StoredRow} from '../remote/row-text.ts'
import type {CollectionState} from './collection-record.ts'
import {besideId, documentPrefix, metadataFilter, PASSAGES, recordId, storedRowOf} from './passage-record.ts'
import {PAGE, type PineconeNamespace} from './pinecone-namespace.ts'
import {MOST_VALUES, tokenIndex, type TokenKind} from './sparse-terms.ts'

export interface PineconeSnapshotOptions {
  readonly state: CollectionState
  readonly passages: PineconeNamespace
  /** Undefined in a collection without vectors. */
  readonly vectors: PineconeNamespace | undefined
  readonly remote: RemoteCollection
}

/** Documents whose ids are listed at once. */
const AT_ONCE = 6

function keyOf({passage: {documentId, ordinal}}: StoredRow): string {
  return recordId(documentId, ordinal)
}

/** A collection as it is while it is asked, reckoned with the counts of its beginning. Keys are record ids. */
export class PineconeSnapshot implements PassageSnapshot {
  readonly #options: PineconeSnapshotOptions

  constructor(options: PineconeSnapshotOptions) {
    this.#options = options
  }

  async statistics(): Promise<StoreStatistics> {
    const {passages, terms, languages} = this.#options.state.record
    return {
      passages: await this.count(),
      averageTermCount: passages === 0 ? 0 : terms / passages,
      passagesByLanguage: new Map(Object.entries(languages)),
      gramShares: new Map(),
    }
  }

  async count(filter: PassageFilter = {}): Promise<number> {
    const {passages, unsettled} = this.#options.state.record
    const wanted = metadataFilter(filter)
    if (wanted === undefined && !unsettled) return passages
    let count = 0
    for await (const rows of this.#pages(filter)) count += rows.length
    return count
  }

  byTerms(terms: readonly string[], options: ListOptions): Promise<Candidate[]> {
    return this.#matches('terms', terms, options)
  }

  byGrams(grams: readonly string[], options: ListOptions): Promise<Candidate[]> {
    return this.#matches('grams', grams, options)
  }

  async byVector(vector: Float32Array, {limit, filter = {}}: ListOptions): Promise<Candidate[]> {
    const {vectors, state} = this.#options
    if (vectors === undefined) return []
    assertVector(vector, state.record.dimension)
    const wanted = metadataFilter(filter)
    if (wanted === 'nothing') return []
    const matches = await this.#options.remote.tried(() => vectors.query({vector: [...vector]}, limit, wanted))
    return matches.map(({id, score}) => ({key: id, score}))
  }

  async read(keys: readonly PassageKey[], besides: ReadonlySet<PassageKey>): Promise<CandidatePassage[]> {
    const ids = new Set(keys.map(String))
    for (const key of keys) {
      if (!besides.has(key)) continue
      for (const by of [-1, 1]) {
        const id = besideId(String(key), by)
        if (id !== undefined) ids.add(id)
      }
    }
    const rows = await this.#rows([...ids])
    return rows.map(row => candidatePassageOf(row, keyOf(row)))
  }

  async take(keys: readonly PassageKey[]): Promise<Passage[]> {
    return (await this.#rows(keys.map(String))).map(({passage}) => passage)
  }

  async idf(terms: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map(terms.map(term => [term, this.#idf(tokenIndex('terms', term))]))
  }

  async get(ids: readonly string[]): Promise<Passage[]> {
    return this.take(ids.map(placeOfId).map(({documentId, ordinal}) => recordId(documentId, ordinal)))
  }

  async ofDocuments(documentIds: readonly string[]): Promise<Passage[]> {
    const passages: Passage[] = []
    for await (const passage of this.scan({documentIds})) passages.push(passage)
    return passages
  }

  async list({limit, filter = {}, after}: PageOptions): Promise<RowPage> {
    const {passages, vectors} = this.#options
    const found: StoredRow[] = []
    let next = after
    do {
      const page = await this.#options.remote.tried(() => passages.list(PASSAGES, limit - found.length, next))
      const rows = await this.#rows(page.ids)
      const places = new Map(page.ids.map((id, place) => [id, place]))
      const place = (row: StoredRow) => places.get(keyOf(row)) ?? 0
      found.push(
        ...rows
          .filter(({passage}) => passesFilter(passage, filter))
          .toSorted((one, other) => place(one) - place(other)),
      )
      next = page.next
    } while (next !== undefined && found.length < limit)
    const ids = found.map(keyOf)
    const dense = vectors === undefined ? [] : await this.#options.remote.tried(() => vectors.fetch(ids))
    const values = new Map(dense.map(record => [record.id, record.values]))
    const rows = found.map((row, at) => {
      const vector = values.get(ids[at]!)
      return {...row, ...(vector === undefined ? {} : {vector: Float32Array.from(vector)})}
    })
    return {rows, next}
  }

  async *scan(filter: PassageFilter = {}): AsyncGenerator<Passage> {
    for await (const rows of this.#pages(filter)) for (const {passage} of rows) yield passage
  }

  /** All rows that a filter lets through: by their documents where it names them, by the filter, or by their ids. */
  async *#pages(filter: PassageFilter): AsyncGenerator<StoredRow[]> {
    const {passages} = this.#options
    const wanted = metadataFilter(filter)
    if (wanted === 'nothing') return
    if (filter.documentIds !== undefined) {
      const documents = [...new Set(filter.documentIds)]
      const ids = await this.#options.remote.tried(() =>
        inOrder(documents, AT_ONCE, id => passages.ids(documentPrefix(id))),
      )
      const rows = await this.#rows(ids.flat())
      yield rows.filter(({passage}) => passesFilter(passage, filter))
      return
    }
    for (let after: string | undefined; ;) {
      const token = after
      const {rows, next} = await this.#options.remote.tried(async () => {
        if (wanted !== undefined) {
          const page = await passages.fetchFiltered(wanted, token)
          // A filter that only excludes lets the collection's own records through.
          const records = page.records.filter(({id}) => id.startsWith(PASSAGES))
          return {rows: records.map(storedRowOf), next: page.next}
        }
        const page = await passages.list(PASSAGES, PAGE, token)
        return {rows: await this.#rows(page.ids), next: page.next}
      })
      yield rows
      if (next === undefined) return
      after = next
    }
  }

  /** The query side of BM25 is each token's idf; the document side is what the passages were encoded with. */
  async #matches(kind: TokenKind, tokens: readonly string[], {limit, filter = {}}: ListOptions): Promise<Candidate[]> {
    const wanted = metadataFilter(filter)
    if (tokens.length === 0 || wanted === 'nothing') return []
    const weighted = [...new Set(tokens.map(token => tokenIndex(kind, token)))]
      .map(index => ({index, idf: this.#idf(index)}))
      .toSorted((one, other) => other.idf - one.idf)
      .slice(0, MOST_VALUES)
    const sparseVector = {indices: weighted.map(({index}) => index), values: weighted.map(({idf}) => idf)}
    const matches = await this.#options.remote.tried(() => this.#options.passages.query({sparseVector}, limit, wanted))
    return matches.filter(({score}) => score > 0).map(({id, score}) => ({key: id, score}))
  }

  #idf(index: number): number {
    const {record, sketch} = this.#options.state
    const having = Math.min(sketch.count(index), record.passages)
    return Math.log(1 + (record.passages - having + 0.5) / (having + 0.5))
  }

  async #rows(ids: readonly string[]): Promise<StoredRow[]> {
    if (ids.length === 0) return []
    return (await this.#options.remote.tried(() => this.#options.passages.fetch(ids))).map(storedRowOf)
  }
}
