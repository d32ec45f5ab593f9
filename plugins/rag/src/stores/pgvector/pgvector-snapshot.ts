import type pg from 'pg'
import type {PassageFilter} from '../../index/metadata-filter.ts'
import {type Passage, passageId} from '../../index/passage.ts'
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
import {type CollectionRecord, type CollectionTables, tablesOf} from './collection-tables.ts'
import {filterSql, Parameters} from './filter-sql.ts'
import {kindOf, tokenSql} from './postings.ts'

const PAGE = 1_000
/** BM25's parameters, the same on every store. */
const K1 = 1.2
const B = 0.75

export interface PgvectorSnapshotOptions {
  readonly pool: pg.Pool
  readonly record: CollectionRecord
  statistics(): Promise<StoreStatistics>
  /** Says what went wrong in a failure of the database. */
  failure(error: unknown): unknown
}

interface CandidateRow {
  readonly key: string
  readonly document_id: string
  readonly ordinal: number
  readonly terms: string
  readonly context_term_count: number
}

interface StoredRow {
  readonly id: string
  readonly passage: string
  readonly terms: string
  readonly grams: string
  readonly term_count: number
  readonly context_term_count: number
  readonly vector?: string | null
}

/** A collection as it is while it is asked. Keys are the table's primary keys. */
export class PgvectorSnapshot implements PassageSnapshot {
  readonly #options: PgvectorSnapshotOptions
  readonly #tables: CollectionTables

  constructor(options: PgvectorSnapshotOptions) {
    this.#options = options
    this.#tables = tablesOf(options.record.number)
  }

  async statistics(): Promise<StoreStatistics> {
    return this.#options.statistics()
  }

  async count(filter: PassageFilter = {}): Promise<number> {
    const parameters = new Parameters()
    const where = filterSql(filter, parameters)
    const rows = await this.#rows<{count: string}>(
      `SELECT count(*) FROM ${this.#tables.passages} WHERE ${where}`,
      parameters,
    )
    return Number(rows[0]!.count)
  }

  byTerms(terms: readonly string[], options: ListOptions): Promise<Candidate[]> {
    return this.#matches('terms', terms, options)
  }

  byGrams(grams: readonly string[], options: ListOptions): Promise<Candidate[]> {
    return this.#matches('grams', grams, options)
  }

  async byVector(vector: Float32Array, {limit, filter = {}}: ListOptions): Promise<Candidate[]> {
    const {dimension} = this.#options.record
    if (dimension === null) return []
    assertVector(vector, dimension)
    const parameters = new Parameters()
    const direction = parameters.add(vectorText(vector))
    const where = filterSql(filter, parameters)
    // The planner's choice of the index, and how far it looks, hold for this transaction alone.
    const client = await this.#connect()
    try {
      await client.query('BEGIN READ ONLY')
      await client.query(`SET LOCAL hnsw.ef_search = ${Math.min(1_000, Math.max(100, limit * 2))}`)
      await client.query('SET LOCAL hnsw.iterative_scan = strict_order')
      const {rows} = await client.query<{key: string; score: number}>(
        `SELECT key, -(vector <#> ${direction}::vector) AS score FROM ${this.#tables.passages}
         WHERE vector IS NOT NULL AND ${where}
         ORDER BY vector <#> ${direction}::vector LIMIT ${Math.trunc(limit)}`,
        parameters.values,
      )
      await client.query('COMMIT')
      return rows
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined)
      throw this.#options.failure(error)
    } finally {
      client.release()
    }
  }

  async read(keys: readonly PassageKey[], besides: ReadonlySet<PassageKey>): Promise<CandidatePassage[]> {
    const columns = 'key, document_id, ordinal, terms, context_term_count'
    const asked = await this.#rows<CandidateRow>(
      `SELECT ${columns} FROM ${this.#tables.passages} WHERE key = ANY($1::bigint[])`,
      [keys.map(String)],
    )
    const passages = asked.map(candidatePassageOf)
    const present = new Set(passages.map(({id}) => id))
    const beside = passages
      .filter(({key}) => besides.has(key))
      .flatMap(({documentId, ordinal}) =>
        [ordinal - 1, ordinal + 1].map(each => passageId({documentId, ordinal: each})),
      )
      .filter(id => !present.has(id))
    if (beside.length === 0) return passages
    const neighbours = await this.#rows<CandidateRow>(
      `SELECT ${columns} FROM ${this.#tables.passages} WHERE id = ANY($1::text[])`,
      [beside],
    )
    return passages.concat(neighbours.map(candidatePassageOf))
  }

  take(keys: readonly PassageKey[]): Promise<Passage[]> {
    return this.#passages('key = ANY($1::bigint[])', [keys.map(String)])
  }

  /** From the lengths of the posting lists, as `byTerms` reckons. */
  async idf(terms: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const {postings, segments} = this.#tables
    const rows = await this.#rows<{term: string; idf: number}>(
      `SELECT asked.term, ln(1 + (total.passages - n + 0.5) / (n + 0.5))::float8 AS idf
       FROM (SELECT term, coalesce((SELECT sum(cardinality(keys)) FROM ${postings}
               WHERE kind = ${kindOf.terms} AND token = ${tokenSql('term')}), 0) AS n
             FROM unnest($1::text[]) AS term) AS asked,
            (SELECT coalesce(sum(passages), 0) AS passages FROM ${segments}) AS total`,
      [terms],
    )
    return new Map(rows.map(({term, idf}) => [term, idf]))
  }

  get(ids: readonly string[]): Promise<Passage[]> {
    return this.#passages('id = ANY($1::text[])', [ids])
  }

  ofDocuments(documentIds: readonly string[]): Promise<Passage[]> {
    return this.#passages('document_id = ANY($1::text[])', [documentIds])
  }

  async list({limit, filter = {}, after}: PageOptions): Promise<RowPage> {
    const parameters = new Parameters()
    const where = filterSql(filter, parameters)
    const beyond = after === undefined ? 'true' : `id > ${parameters.add(after)}`
    const vector = this.#options.record.dimension === null ? '' : ', vector::text AS vector'
    const stored = await this.#rows<StoredRow>(
      `SELECT id, passage, terms, grams, term_count, context_term_count${vector} FROM ${this.#tables.passages}
       WHERE ${where} AND ${beyond} ORDER BY id LIMIT ${Math.trunc(limit)}`,
      parameters,
    )
    const rows = stored.map(row => ({
      passage: JSON.parse(row.passage) as Passage,
      terms: {
        terms: row.terms,
        grams: row.grams,
        termCount: row.term_count,
        contextTermCount: row.context_term_count,
      },
      ...(row.vector ? {vector: Float32Array.from(JSON.parse(row.vector) as number[])} : {}),
    }))
    return {rows, next: stored.length < limit ? undefined : stored.at(-1)!.id}
  }

  async *scan(filter: PassageFilter = {}): AsyncGenerator<Passage> {
    for (let after: string | undefined; ;) {
      const {rows, next} = await this.list({limit: PAGE, filter, ...(after === undefined ? {} : {after})})
      for (const {passage} of rows) yield passage
      if (next === undefined) return
      after = next
    }
  }

  /** BM25 over posting lists. Lists may still name passages that are gone: joining the passages leaves those out. */
  async #matches(
    column: keyof typeof kindOf,
    tokens: readonly string[],
    {limit, filter = {}}: ListOptions,
  ): Promise<Candidate[]> {
    if (tokens.length === 0) return []
    const {passages, postings, segments} = this.#tables
    const parameters = new Parameters()
    const asked = parameters.add(tokens)
    const where = filterSql(filter, parameters)
    const filtered = where !== 'true'
    const most = Math.trunc(limit)
    // Without a filter only so many of the best can be gone that reading as many more is enough.
    const cut = filtered ? '' : `ORDER BY score DESC, key LIMIT ${most + this.#options.record.gone}`
    return this.#rows<{key: string; score: number}>(
      `WITH lists AS MATERIALIZED (
         SELECT token, keys, frequencies, lengths FROM ${postings}
         WHERE kind = ${kindOf[column]}
           AND token IN (SELECT ${tokenSql('asked')} FROM unnest(${asked}::text[]) AS asked)),
       total AS (
         SELECT sum(passages)::float8 AS passages, greatest(sum(${column})::float8 / greatest(sum(passages), 1), 1e-9) AS average
         FROM ${segments}),
       weights AS (
         SELECT token, ln(1 + (total.passages - n + 0.5) / (n + 0.5)) AS idf
         FROM (SELECT token, sum(cardinality(keys))::float8 AS n FROM lists GROUP BY token) AS counted, total),
       scored AS (
         SELECT key, sum(idf * frequency * ${K1 + 1} /
             (frequency + ${K1} * (${1 - B} + ${B} * length / total.average))) AS score
         FROM lists JOIN weights USING (token), total,
              unnest(keys, frequencies, lengths) AS posting(key, frequency, length)
         GROUP BY key ${cut})
       SELECT key, score FROM scored JOIN ${passages} USING (key) WHERE ${where}
       ORDER BY score DESC, key LIMIT ${most}`,
      parameters,
    )
  }

  async #passages(condition: string, values: unknown[]): Promise<Passage[]> {
    const rows = await this.#rows<{passage: string}>(
      `SELECT passage FROM ${this.#tables.passages} WHERE ${condition}`,
      values,
    )
    return rows.map(({passage}) => JSON.parse(passage) as Passage)
  }

  async #rows<Row extends pg.QueryResultRow>(sql: string, parameters: Parameters | unknown[]): Promise<Row[]> {
    try {
      const {rows} = await this.#options.pool.query<Row>(
        sql,
        parameters instanceof Parameters ? parameters.values : parameters,
      )
      return rows
    } catch (error) {
      throw this.#options.failure(error)
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#options.pool.connect()
    } catch (error) {
      throw this.#options.failure(error)
    }
  }
}

/** How pgvector reads a vector. */
export function vectorText(vector: Float32Array): string {
  return `[${vector.join(',')}]`
}

function candidatePassageOf(row: CandidateRow): CandidatePassage {
  const place = {documentId: row.document_id, ordinal: row.ordinal}
  return {
    id: passageId(place),
    ...place,
    key: row.key,
    terms: row.terms,
    contextTermCount: row.context_term_count,
  }
}
