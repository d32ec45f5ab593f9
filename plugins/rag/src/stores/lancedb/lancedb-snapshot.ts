import type {Query, Table} from '@lancedb/lancedb'
import type {PassageFilter} from '../../index/metadata-filter.ts'
import {type Passage, passageId} from '../../index/passage.ts'
import {bm25Factor, idfFromScores} from '../../ranking/idf-from-scores.ts'
import {
  assertVector,
  type Candidate,
  type CandidatePassage,
  type ListOptions,
  type PageOptions,
  type PassageKey,
  type PassageSnapshot,
  type RowPage,
  type ScoredTerms,
  type StoreStatistics,
} from '../passage-store.ts'
import {slices} from '../slices.ts'
import type {CollectionStatistics, GramStatistics} from './collection-statistics.ts'
import {filterSql} from './filter-sql.ts'
import {passageColumns, passagesOf, rowColumns, rowsOf} from './passage-table.ts'
import {sqlIn, sqlString} from './sql.ts'

/** What is known of one version of a table. */
export interface TableStatistics extends CollectionStatistics {
  readonly gramShares: GramStatistics['shares']
  /** Filled as queries ask. */
  readonly idf: Map<string, number>
}

/** Rows an IN list may name before it is cut up. */
export const IDS_AT_ONCE = 500

/** How many of the vector index's partitions are looked through. */
const PROBES = 32
/**
 * So many times as many as are asked for are compared by their own vectors; the index's are four bits a number. Reading
 * them is what takes longest of a search, and a list is longer than what is made of it.
 */
const REFINE = 1

const candidateColumns = ['document_id', 'ordinal', 'terms', 'context_term_count'] as const

export interface LanceDbSnapshotOptions {
  /** A handle that stays on its version. */
  readonly table: Table
  dimension(): Promise<number | undefined>
  /** Counted once per version, whoever asks. */
  statistics(): Promise<TableStatistics>
  /** Says what went wrong in a failure of the engine. */
  failure(error: unknown): unknown
}

/** One version of a table. Keys are LanceDB's row ids. */
export class LanceDbSnapshot implements PassageSnapshot {
  readonly #table: Table
  readonly #options: LanceDbSnapshotOptions

  constructor(options: LanceDbSnapshotOptions) {
    this.#table = options.table
    this.#options = options
  }

  statistics(): Promise<StoreStatistics> {
    return this.#guarded(() => this.#options.statistics())
  }

  async count(filter: PassageFilter = {}): Promise<number> {
    const where = filterSql(filter)
    return this.#guarded(() => this.#table.countRows(where))
  }

  async byTerms(terms: readonly string[], options: ListOptions): Promise<Candidate[]> {
    return this.#matches('terms', terms, options)
  }

  async byGrams(grams: readonly string[], options: ListOptions): Promise<Candidate[]> {
    return this.#matches('grams', grams, options)
  }

  async byVector(vector: Float32Array, {limit, filter = {}}: ListOptions): Promise<Candidate[]> {
    const where = filterSql(filter)
    return this.#guarded(async () => {
      if (!(await this.fits(vector))) return []
      let query = this.#table
        .query()
        .nearestTo(vector)
        .column('vector')
        .distanceType('dot')
        // Without an index these two say nothing.
        .nprobes(PROBES)
        .refineFactor(REFINE)
        .select(['_distance'])
        .withRowId()
        .limit(limit)
      if (where !== undefined) query = query.where(where)
      // LanceDB's distance of unit vectors by `dot` is 1 − cosine.
      return candidatesOf(await query.toArrow(), '_distance', distance => 1 - distance)
    })
  }

  /** Whether there are vectors to compare one with. @throws VectorDimensionError where they are of another length. */
  protected async fits(vector: Float32Array): Promise<boolean> {
    const dimension = await this.#options.dimension()
    if (dimension === undefined) return false
    assertVector(vector, dimension)
    return true
  }

  version(): Promise<number> {
    return this.#guarded(() => this.#table.version())
  }

  /** The keys of all passages that the filter lets through. */
  async keysOf(filter: PassageFilter): Promise<ReadonlySet<PassageKey>> {
    const where = filterSql(filter)
    return this.#guarded(async () => {
      let query = select(this.#table, ['ordinal']).withRowId()
      if (where !== undefined) query = query.where(where)
      const rows = await query.toArrow()
      // Without rows there are no columns either.
      return new Set(rows.getChild('_rowid')?.toArray() as BigUint64Array | undefined)
    })
  }

  /** All vectors with their keys, some thousands at a time. */
  async *vectors(): AsyncGenerator<{readonly key: bigint; readonly vector: Float32Array}[]> {
    try {
      for await (const batch of select(this.#table, ['vector']).withRowId().where('vector IS NOT NULL')) {
        const keys = batch.getChild('_rowid')!
        const vectors = batch.getChild('vector')!
        yield Array.from({length: batch.numRows}, (_, row) => ({
          key: keys.get(row) as bigint,
          vector: (vectors.get(row) as {toArray(): Float32Array}).toArray(),
        }))
      }
    } catch (error) {
      throw this.#options.failure(error)
    }
  }

  async read(keys: readonly PassageKey[], besides: ReadonlySet<PassageKey>): Promise<CandidatePassage[]> {
    return this.#guarded(async () => {
      const {contiguous} = await this.#options.statistics()
      const asked = new Set(keys)
      // The rows of a document's passages follow one another, unless it was changed.
      const beside = contiguous
        ? [...rowIds(besides)].flatMap(row => [row - 1n, row + 1n]).filter(row => row >= 0n)
        : []
      const wanted = [...new Set([...rowIds(keys), ...beside])]
      const read = await candidatePassagesOf(this.#table.takeRowIds(wanted))
      const neighbours = read
        .filter(({key}) => besides.has(key))
        .flatMap(({documentId, ordinal}) =>
          [ordinal - 1, ordinal + 1].map(each => passageId({documentId, ordinal: each})),
        )
      const neighbouring = new Set(neighbours)
      // The row beside a document's first or last passage is another document's.
      const passages = read.filter(({key, id}) => asked.has(key) || neighbouring.has(id))
      if (contiguous) return passages
      const present = new Set(passages.map(({id}) => id))
      const missing = neighbours.filter(id => !present.has(id))
      if (missing.length === 0) return passages
      return passages.concat(await candidatePassagesOf(this.#table.query().where(sqlIn('id', missing))))
    })
  }

  async take(keys: readonly PassageKey[]): Promise<Passage[]> {
    if (keys.length === 0) return []
    return this.#guarded(async () =>
      passagesOf(
        await this.#table
          .takeRowIds([...rowIds(keys)])
          .select([...passageColumns])
          .toArrow(),
      ),
    )
  }

  /**
   * LanceDB does not tell document frequencies, but each BM25 score of a single term is its idf times a factor that the
   * passage's own counts give. One hit per term therefore gives the idf, in agreement with the scores of the search.
   */
  async idf(terms: readonly string[], found: readonly ScoredTerms[] = []): Promise<ReadonlyMap<string, number>> {
    return this.#guarded(async () => {
      const statistics = await this.#options.statistics()
      const {idf, averageTermCount} = statistics
      if (terms.some(term => !idf.has(term))) {
        for (const [term, value] of idfFromScores(found, terms, idf, averageTermCount)) idf.set(term, value)
      }
      const unknown = terms.filter(term => !idf.has(term))
      await Promise.all(
        unknown.map(async term => {
          idf.set(term, await this.#probeIdf(term, statistics))
        }),
      )
      return new Map(terms.map(term => [term, idf.get(term)!]))
    })
  }

  async get(ids: readonly string[]): Promise<Passage[]> {
    return this.#allIn('id', ids)
  }

  async ofDocuments(documentIds: readonly string[]): Promise<Passage[]> {
    return this.#allIn('document_id', documentIds)
  }

  async list({limit, filter = {}, after}: PageOptions): Promise<RowPage> {
    const conditions = [filterSql(filter), after === undefined ? undefined : `id > ${sqlString(after)}`]
    const where = conditions.filter(condition => condition !== undefined).join(' AND ')
    return this.#guarded(async () => {
      let query = this.#table
        .query()
        .select([...rowColumns, ...((await this.#options.dimension()) === undefined ? [] : ['vector'])])
        // Wide columns are taken after sorting, by row: the plan asks for its id.
        .withRowId()
        .orderBy({columnName: 'id', ascending: true, nullsFirst: false})
        .limit(limit)
      if (where !== '') query = query.where(where)
      const rows = rowsOf(await query.toArrow())
      return {rows, next: rows.length < limit ? undefined : rows.at(-1)!.passage.id}
    })
  }

  async *scan(filter: PassageFilter = {}): AsyncGenerator<Passage> {
    const where = filterSql(filter)
    let query = select(this.#table, passageColumns)
    if (where !== undefined) query = query.where(where)
    try {
      for await (const batch of query) yield* passagesOf(batch)
    } catch (error) {
      throw this.#options.failure(error)
    }
  }

  async #matches(
    column: 'terms' | 'grams',
    terms: readonly string[],
    {limit, filter = {}}: ListOptions,
  ): Promise<Candidate[]> {
    if (terms.length === 0) return []
    const where = filterSql(filter)
    return this.#guarded(async () => {
      const {MatchQuery} = await import('@lancedb/lancedb')
      let query = select(this.#table, ['_score'])
        .fullTextSearch(new MatchQuery(terms.join(' '), column))
        .withRowId()
        .limit(limit)
      if (where !== undefined) query = query.where(where)
      return candidatesOf(await query.toArrow(), '_score', score => score)
    })
  }

  async #probeIdf(term: string, {passages, averageTermCount}: TableStatistics): Promise<number> {
    const {MatchQuery} = await import('@lancedb/lancedb')
    const result = await select(this.#table, ['terms', '_score'])
      .fullTextSearch(new MatchQuery(term, 'terms'))
      .limit(1)
      .toArrow()
    if (result.numRows === 0) return Math.log(1 + (passages + 0.5) / 0.5)
    const terms = (result.getChild('terms')!.get(0) as string).split(' ')
    const frequency = terms.reduce((count, each) => count + (each === term ? 1 : 0), 0)
    return (result.getChild('_score')!.get(0) as number) / bm25Factor(frequency, terms.length, averageTermCount)
  }

  async #allIn(column: 'id' | 'document_id', values: readonly string[]): Promise<Passage[]> {
    return this.#guarded(async () => {
      const passages: Passage[] = []
      for (const some of slices(values, IDS_AT_ONCE)) {
        passages.push(...passagesOf(await select(this.#table, passageColumns).where(sqlIn(column, some)).toArrow()))
      }
      return passages
    })
  }

  async #guarded<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw this.#options.failure(error)
    }
  }
}

/** Keys of this store, as what they are. */
function* rowIds(keys: Iterable<PassageKey>): Generator<bigint> {
  for (const key of keys) if (typeof key === 'bigint') yield key
}

function select(table: Table, columns: readonly string[]): Query {
  return table.query().select([...columns])
}

type Rows = Awaited<ReturnType<Query['toArrow']>>

function candidatesOf(rows: Rows, column: '_score' | '_distance', scoreOf: (value: number) => number): Candidate[] {
  const values = rows.getChild(column)!
  const keys = rows.getChild('_rowid')!
  return Array.from({length: rows.numRows}, (_, row) => ({
    key: keys.get(row) as bigint,
    score: scoreOf(values.get(row) as number),
  }))
}

async function candidatePassagesOf(query: Query | ReturnType<Table['takeRowIds']>): Promise<CandidatePassage[]> {
  const rows = await query
    .select([...candidateColumns])
    .withRowId()
    .toArrow()
  const [documentIds, ordinals, terms, counts, keys] = [...candidateColumns, '_rowid'].map(name => rows.getChild(name)!)
  return Array.from({length: rows.numRows}, (_, row) => {
    const place = {documentId: documentIds!.get(row) as string, ordinal: ordinals!.get(row) as number}
    return {
      id: passageId(place),
      ...place,
      key: keys!.get(row) as bigint,
      terms: terms!.get(row) as string,
      contextTermCount: counts!.get(row) as number,
    }
  })
}
