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
import {slices} from '../slices.ts'
import {className, objectId, searchText, storedRowOf, tenantName} from './passage-class.ts'
import {allOf, graphqlText, isAnyOf, whereFilter, whereText} from './weaviate-filter.ts'
import {WEAVIATE_LIMITS} from './weaviate-limits.ts'
import type {WeaviateService, WhereFilter} from './weaviate-service.ts'

export interface WeaviateSnapshotOptions {
  readonly service: WeaviateService
  readonly tenant: string
  readonly collection: string
  readonly dimension: number | undefined
  readonly remote: RemoteCollection
}

/** Objects that one query reads. */
const READ = 200
/** Terms that one query counts. */
const COUNTED = 50
const AT_ONCE = 4

interface Found {
  readonly row?: string
  readonly _additional: {readonly id: string; readonly score?: string | null; readonly distance?: number | null}
}

function keyOf({passage: {documentId, ordinal}}: StoredRow): string {
  return objectId(documentId, ordinal)
}

/** A collection as it is while it is asked. Keys are the ids of its objects. */
export class WeaviateSnapshot implements PassageSnapshot {
  readonly #options: WeaviateSnapshotOptions
  readonly #class: string

  constructor(options: WeaviateSnapshotOptions) {
    this.#options = options
    this.#class = className(options.collection)
  }

  async statistics(): Promise<StoreStatistics> {
    const tenant = graphqlText(tenantName(this.#options.tenant))
    const data = await this.#ask(`{Aggregate {
      total: ${this.#class}(tenant: ${tenant}) {meta {count} termCount {mean}}
      languages: ${this.#class}(tenant: ${tenant}, groupBy: ["language"]) {meta {count} groupedBy {value}}
    }}`)
    const [total] = data.Aggregate!.total as {meta: {count: number}; termCount?: {mean: number | null}}[]
    const languages = data.Aggregate!.languages as {meta: {count: number}; groupedBy: {value: string}}[]
    return {
      passages: total?.meta.count ?? 0,
      averageTermCount: total?.termCount?.mean ?? 0,
      passagesByLanguage: new Map(languages.map(({groupedBy, meta}) => [groupedBy.value, meta.count])),
      gramShares: new Map(),
    }
  }

  async count(filter: PassageFilter = {}): Promise<number> {
    const where = whereFilter(filter)
    if (where === 'nothing') return 0
    const [count] = await this.#counts([where])
    return count!
  }

  byTerms(terms: readonly string[], options: ListOptions): Promise<Candidate[]> {
    return this.#matches('terms', terms, options)
  }

  byGrams(grams: readonly string[], options: ListOptions): Promise<Candidate[]> {
    return this.#matches('grams', grams, options)
  }

  async byVector(vector: Float32Array, {limit, filter = {}}: ListOptions): Promise<Candidate[]> {
    const {dimension} = this.#options
    if (dimension === undefined) return []
    assertVector(vector, dimension)
    const where = whereFilter(filter)
    if (where === 'nothing') return []
    const found = await this.#get(
      `nearVector: {vector: [${vector.join(',')}]}`,
      limit,
      where,
      '_additional {id distance}',
    )
    return found.map(({_additional: {id, distance}}) => ({key: id, score: 1 - (distance ?? 1)}))
  }

  async read(keys: readonly PassageKey[], besides: ReadonlySet<PassageKey>): Promise<CandidatePassage[]> {
    const rows = await this.#rows(keys.map(String))
    const present = new Set(rows.map(keyOf))
    const beside = rows
      .filter(row => besides.has(keyOf(row)))
      .flatMap(({passage: {documentId, ordinal}}) => [ordinal - 1, ordinal + 1].map(each => objectId(documentId, each)))
      .filter(id => !present.has(id))
    const neighbours = await this.#rows(beside)
    return [...rows, ...neighbours].map(row => candidatePassageOf(row, keyOf(row)))
  }

  async take(keys: readonly PassageKey[]): Promise<Passage[]> {
    return (await this.#rows(keys.map(String))).map(({passage}) => passage)
  }

  /** From how many passages have each term, as Weaviate counts them. */
  async idf(terms: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const conditions = terms.map((term): WhereFilter => ({
      path: ['terms'],
      operator: 'ContainsAny',
      valueTextArray: [searchText(term)],
    }))
    const [total, ...having] = await this.#counts([undefined, ...conditions])
    return new Map(
      terms.map((term, at) => [term, Math.log(1 + (total! - having[at]! + 0.5) / (having[at]! + 0.5))] as const),
    )
  }

  async get(ids: readonly string[]): Promise<Passage[]> {
    return this.take(ids.map(placeOfId).map(({documentId, ordinal}) => objectId(documentId, ordinal)))
  }

  async ofDocuments(documentIds: readonly string[]): Promise<Passage[]> {
    const found = await inOrder([...new Set(documentIds)], AT_ONCE, id => this.#ofDocument(id))
    return found.flat().map(({passage}) => passage)
  }

  async list({limit, filter = {}, after}: PageOptions): Promise<RowPage> {
    const {service, tenant} = this.#options
    const rows: RowPage['rows'][number][] = []
    for (let last = after; ;) {
      const wanted = Math.min(limit - rows.length, WEAVIATE_LIMITS.page)
      const objects = await this.#options.remote.tried(() =>
        service.page(this.#class, tenantName(tenant), wanted, last),
      )
      for (const {properties, vector} of objects) {
        const row = storedRowOf(properties)
        if (!passesFilter(row.passage, filter)) continue
        rows.push({...row, ...(vector?.length ? {vector: Float32Array.from(vector)} : {})})
      }
      last = objects.at(-1)?.id
      if (objects.length < wanted) return {rows, next: undefined}
      if (rows.length === limit) return {rows, next: last}
    }
  }

  async *scan(filter: PassageFilter = {}): AsyncGenerator<Passage> {
    if (filter.documentIds !== undefined) {
      const passages = await this.ofDocuments(filter.documentIds)
      yield* passages.filter(passage => passesFilter(passage, filter))
      return
    }
    for (let after: string | undefined; ;) {
      const {rows, next} = await this.list({limit: READ, filter, ...(after === undefined ? {} : {after})})
      for (const {passage} of rows) yield passage
      if (next === undefined) return
      after = next
    }
  }

  /** A document's rows, some ordinals at a time. */
  async #ofDocument(documentId: string): Promise<StoredRow[]> {
    const rows: StoredRow[] = []
    const own = isAnyOf('document', [documentId])
    const [count] = await this.#counts([own])
    for (let from = 0; rows.length < count!; from += READ) {
      const where = allOf([
        own,
        {path: ['ordinal'], operator: 'GreaterThanEqual', valueInt: from},
        {path: ['ordinal'], operator: 'LessThan', valueInt: from + READ},
      ])
      const found = await this.#get('', READ, where, 'row')
      rows.push(...found.map(each => storedRowOf({row: each.row})))
      // Ordinals have no gaps: those that are missing are being deleted.
      if (found.length === 0) break
    }
    return rows
  }

  async #matches(
    property: 'terms' | 'grams',
    tokens: readonly string[],
    {limit, filter = {}}: ListOptions,
  ): Promise<Candidate[]> {
    const where = whereFilter(filter)
    if (tokens.length === 0 || where === 'nothing') return []
    const query = graphqlText([...new Set(tokens)].map(searchText).join(' '))
    const found = await this.#get(
      `bm25: {query: ${query}, properties: ["${property}"]}`,
      limit,
      where,
      '_additional {id score}',
    )
    return found.map(({_additional: {id, score}}) => ({key: id, score: Number(score)}))
  }

  async #rows(ids: readonly string[]): Promise<StoredRow[]> {
    const pages = await inOrder(slices([...new Set(ids)], READ), AT_ONCE, async some => {
      const where: WhereFilter = {path: ['id'], operator: 'ContainsAny', valueTextArray: some}
      const found = await this.#get('', READ, where, 'row')
      return found.map(each => storedRowOf({row: each.row}))
    })
    return pages.flat()
  }

  async #get(search: string, limit: number, where: WhereFilter | undefined, fields: string): Promise<Found[]> {
    const given = [
      `tenant: ${graphqlText(tenantName(this.#options.tenant))}`,
      `limit: ${Math.min(limit, WEAVIATE_LIMITS.results)}`,
      ...(search === '' ? [] : [search]),
      ...(where === undefined ? [] : [`where: ${whereText(where)}`]),
    ]
    const data = await this.#ask(`{Get {${this.#class}(${given.join(', ')}) {${fields}}}}`)
    return data.Get![this.#class] as Found[]
  }

  /** How many objects each of some filters lets through. */
  async #counts(filters: readonly (WhereFilter | undefined)[]): Promise<number[]> {
    const tenant = `tenant: ${graphqlText(tenantName(this.#options.tenant))}`
    const pages = await inOrder(slices(filters, COUNTED), AT_ONCE, async some => {
      const fields = some.map((where, at) => {
        const given = where === undefined ? tenant : `${tenant}, where: ${whereText(where)}`
        return `c${at}: ${this.#class}(${given}) {meta {count}}`
      })
      const {Aggregate} = await this.#ask(`{Aggregate {${fields.join('\n')}}}`)
      return some.map((_, at) => (Aggregate![`c${at}`] as {meta: {count: number}}[])[0]?.meta.count ?? 0)
    })
    return pages.flat()
  }

  #ask(query: string) {
    return this.#options.remote.tried(() => this.#options.service.graphql(query))
  }
}
