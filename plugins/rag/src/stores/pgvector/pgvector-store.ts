import {NotConfiguredError, OmniError} from '@omni-ops/core/operation'
import type pg from 'pg'
import {facetsOf} from '../../index/metadata-filter.ts'
import {
  assertCollectionName,
  assertVectors,
  CollectionNotFoundError,
  type DocumentRows,
  type OpenOptions,
  type PassageRow,
  type PassageStore,
  StoreFailureError,
  type StoreLimits,
  type StoreStatistics,
} from '../passage-store.ts'
import {slices} from '../slices.ts'
import {
  addVectors,
  type CollectionRecord,
  createCollection,
  createSchema,
  dropCollection,
  findCollection,
  isMissing,
  MOST_INDEXED_DIMENSIONS,
  tablesOf,
} from './collection-tables.ts'
import {PgvectorSnapshot, vectorText} from './pgvector-snapshot.ts'
import {addSegment, indexSegment, mergeSegments} from './postings.ts'

export interface PgvectorStoreOptions extends OpenOptions {
  /** Of the database that the collections are in. It is the caller's, and stays open. */
  readonly pool: pg.Pool
  readonly tenant: string
  readonly collection: string
}

/** The database has no pgvector, and this user may not install it. */
export class VectorExtensionError extends NotConfiguredError {
  override readonly code = 'rag_vector_extension'
}

/** Rows that one statement brings. */
const ROWS_AT_ONCE = 200
/** From so many vectors on, an index is faster than comparing them all. */
const LEAST_INDEXED = 10_000
/** Passages in which grams are counted. */
const SAMPLE = 2_048
/** Grams that fewer passages of the sample have are rare: nothing is said of them. */
const LEAST_COUNT = 8

/**
 * A collection in PostgreSQL: a table of passages with vectors, and posting lists for BM25, which PostgreSQL's own text
 * search does not have. Each write is one transaction; a row of the list of collections is its writer's lock.
 */
export class PgvectorStore implements PassageStore {
  readonly #options: PgvectorStoreOptions
  #statistics: {readonly revision: string; readonly statistics: Promise<StoreStatistics>} | undefined

  /** Opens nothing yet. @throws InvalidInputError for a name that cannot be a collection's. */
  constructor(options: PgvectorStoreOptions) {
    assertCollectionName(options.collection)
    this.#options = options
  }

  async limits(): Promise<StoreLimits> {
    const record = await this.#find()
    return {
      consistency: 'immediate',
      atomic: true,
      nativeHybrid: false,
      mostRows: Number.POSITIVE_INFINITY,
      dimension: record === undefined ? this.#options.dimension : (record.dimension ?? undefined),
    }
  }

  async exists(): Promise<boolean> {
    return (await this.#find()) !== undefined
  }

  async snapshot(): Promise<PgvectorSnapshot> {
    const record = await this.#find()
    if (record === undefined) throw new CollectionNotFoundError(this.#options.collection)
    return new PgvectorSnapshot({
      pool: this.#options.pool,
      record,
      statistics: () => this.#statisticsOf(record),
      failure: error => this.#failure(error),
    })
  }

  async replaceDocuments(
    documents: readonly DocumentRows[],
    before: () => Promise<void> = async () => {},
  ): Promise<void> {
    const {dimension = this.#options.dimension} = await this.limits()
    assertVectors(documents, dimension)
    const rows = documents.flatMap(document => document.rows.map(storedRow))
    await this.#transaction(async (client, record) => {
      await before()
      const {passages} = tablesOf(record.number)
      await this.#removeFrom(
        client,
        record,
        documents.map(({documentId}) => documentId),
      )
      if (rows.length === 0) return
      const segment = await addSegment(client, tablesOf(record.number))
      for (const some of slices(rows, ROWS_AT_ONCE)) await insert(client, passages, segment, some, record.dimension)
      await indexSegment(client, tablesOf(record.number), segment)
    })
  }

  async removeDocuments(choose: () => Promise<readonly string[]>): Promise<number> {
    if (!(await this.exists())) {
      await choose()
      return 0
    }
    let removed = 0
    await this.#transaction(async (client, record) => {
      removed = await this.#removeFrom(client, record, await choose())
    })
    return removed
  }

  async awaitWriters(): Promise<void> {
    const client = await this.#connect()
    try {
      await client.query('BEGIN')
      await this.#lock(client)
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined)
      throw this.#failure(error)
    } finally {
      client.release()
    }
  }

  /** Puts posting lists together, forgets removed passages in them, and makes the vector index once it is worth it. */
  async optimize(): Promise<void> {
    if (!(await this.exists())) return
    await this.#transaction(async (client, record) => {
      const tables = tablesOf(record.number)
      await mergeSegments(client, tables)
      await client.query('UPDATE omni_rag.collections SET gone = 0 WHERE number = $1', [record.number])
      await createVectorIndex(client, record)
      await client.query(`ANALYZE ${tables.passages}`)
      await client.query(`ANALYZE ${tables.postings}`)
    })
  }

  /**
   * Writes the collection's tables and indexes anew and deletes the old files. The log that PostgreSQL archives, its
   * replicas and backups are the database's own affair.
   */
  async erase(): Promise<void> {
    await this.optimize()
    const record = await this.#find()
    if (record === undefined) return
    const client = await this.#connect()
    try {
      for (const table of Object.values(tablesOf(record.number))) await client.query(`VACUUM (FULL) ${table}`)
      await client.query('CHECKPOINT').catch(ignoreMissingRight)
    } catch (error) {
      throw this.#failure(error)
    } finally {
      client.release()
    }
  }

  async drop(): Promise<boolean> {
    if (!(await this.exists())) return false
    await this.#transaction((client, record) => dropCollection(client, record.number))
    return true
  }

  /** The pool is the caller's. */
  async close(): Promise<void> {}

  async #removeFrom(client: pg.PoolClient, {number}: CollectionRecord, ids: readonly string[]): Promise<number> {
    const {passages, segments} = tablesOf(number)
    const {rows} = await client.query<{segment: number}>(
      `DELETE FROM ${passages} WHERE document_id = ANY($1::text[]) RETURNING segment`,
      [ids],
    )
    if (rows.length === 0) return 0
    const stale = [...new Set(rows.map(({segment}) => segment))]
    await client.query(`UPDATE ${segments} SET stale = true WHERE segment = ANY($1)`, [stale])
    await client.query('UPDATE omni_rag.collections SET gone = gone + $2 WHERE number = $1', [number, rows.length])
    return rows.length
  }

  async #find(): Promise<CollectionRecord | undefined> {
    const {pool, tenant, collection} = this.#options
    try {
      return await findCollection(pool, tenant, collection)
    } catch (error) {
      throw this.#failure(error)
    }
  }

  /** One write: alone in the collection, whole or not at all. */
  async #transaction(work: (client: pg.PoolClient, record: CollectionRecord) => Promise<void>): Promise<void> {
    const client = await this.#connect()
    try {
      await createSchema(client)
      await client.query('BEGIN')
      await work(client, await this.#writable(client))
      await client.query('UPDATE omni_rag.collections SET revision = revision + 1 WHERE tenant = $1 AND name = $2', [
        this.#options.tenant,
        this.#options.collection,
      ])
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined)
      throw this.#failure(error)
    } finally {
      client.release()
    }
  }

  async #writable(client: pg.PoolClient): Promise<CollectionRecord> {
    const {tenant, collection, dimension} = this.#options
    await this.#lock(client)
    const record = await findCollection(client, tenant, collection, 'FOR UPDATE')
    if (record === undefined) return createCollection(client, tenant, collection, dimension)
    if (record.dimension !== null || dimension === undefined) return record
    await addVectors(client, record, dimension)
    return {...record, dimension}
  }

  /** Held to the end of the transaction, also by those who find that there is no row to lock yet. */
  async #lock(client: pg.PoolClient): Promise<void> {
    const {tenant, collection} = this.#options
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`omni_rag/${tenant}/${collection}`])
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#options.pool.connect()
    } catch (error) {
      throw this.#failure(error)
    }
  }

  /** Counted once per revision. */
  async #statisticsOf(record: CollectionRecord): Promise<StoreStatistics> {
    if (this.#statistics?.revision !== record.revision) {
      this.#statistics = {revision: record.revision, statistics: this.#count(record)}
    }
    try {
      return await this.#statistics!.statistics
    } catch (error) {
      this.#statistics = undefined
      throw this.#failure(error)
    }
  }

  async #count({number}: CollectionRecord): Promise<StoreStatistics> {
    const {passages} = tablesOf(number)
    const {pool} = this.#options
    const {rows} = await pool.query<{language: string; passages: string; terms: string}>(
      `SELECT language, count(*) AS passages, sum(term_count) AS terms FROM ${passages} GROUP BY language`,
    )
    const sum = (column: 'passages' | 'terms') => rows.reduce((total, row) => total + Number(row[column]), 0)
    const total = sum('passages')
    const share = Math.min(100, (100 * SAMPLE) / Math.max(1, total))
    const sampled = await pool.query<{gram: string; share: number}>(
      `WITH sample AS MATERIALIZED (SELECT key, grams FROM ${passages} TABLESAMPLE BERNOULLI (${share}) REPEATABLE (1))
       SELECT gram, count(DISTINCT key)::float8 / (SELECT greatest(count(*), 1) FROM sample) AS share
       FROM sample, unnest(string_to_array(grams, ' ')) AS gram
       GROUP BY gram HAVING count(DISTINCT key) >= ${LEAST_COUNT}`,
    )
    return {
      passages: total,
      averageTermCount: total === 0 ? 0 : sum('terms') / total,
      passagesByLanguage: new Map(rows.map(row => [row.language, Number(row.passages)])),
      gramShares: new Map(sampled.rows.map(row => [row.gram, row.share])),
    }
  }

  #failure(error: unknown): unknown {
    if (error instanceof OmniError || (error instanceof Error && error.name === 'AbortError')) return error
    const {collection} = this.#options
    if (isMissing(error)) return new CollectionNotFoundError(collection)
    const reason = error instanceof Error ? error.message : String(error)
    if (/extension|type "vector"/u.test(reason)) {
      return new VectorExtensionError(`The database cannot hold vectors: ${reason}`, {
        hint: 'Install pgvector (https://github.com/pgvector/pgvector), then as an owner: CREATE EXTENSION vector',
        cause: error,
      })
    }
    return new StoreFailureError(`The collection ${collection} could not be read or written: ${reason}`, {
      hint: 'omni doctor looks at the database.',
      cause: error,
    })
  }
}

/** Only who has the role pg_checkpoint may ask for a checkpoint; without, the next one comes by itself. */
function ignoreMissingRight(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === '42501') return
  throw error
}

interface NewRow {
  readonly id: string
  readonly document_id: string
  readonly ordinal: number
  readonly source: string
  readonly language: string
  readonly facets: readonly string[]
  /** The passage as JSON: what PostgreSQL's text cannot hold, NUL and halves of surrogates, is escaped in it. */
  readonly passage: string
  readonly terms: string
  readonly grams: string
  readonly term_count: number
  readonly context_term_count: number
  readonly gram_count: number
  readonly vector: string | null
}

function storedRow({passage, terms, vector}: PassageRow): NewRow {
  return {
    id: passage.id,
    document_id: passage.documentId,
    ordinal: passage.ordinal,
    source: passage.source,
    language: passage.language,
    facets: facetsOf(passage.metadata),
    passage: JSON.stringify(passage),
    terms: terms.terms,
    grams: terms.grams,
    term_count: terms.termCount,
    context_term_count: terms.contextTermCount,
    gram_count: terms.grams === '' ? 0 : terms.grams.split(' ').length,
    vector: vector === undefined ? null : vectorText(vector),
  }
}

async function insert(
  client: pg.PoolClient,
  table: string,
  segment: number,
  rows: readonly NewRow[],
  dimension: number | null,
): Promise<void> {
  const columns =
    'id, document_id, ordinal, source, language, facets, passage, terms, grams, term_count, context_term_count, gram_count'
  const [vector, value] = dimension === null ? ['', ''] : [', vector', ', vector::vector']
  await client.query(
    `INSERT INTO ${table} (${columns}, segment${vector})
     SELECT ${columns}, $2${value} FROM json_to_recordset($1::json) AS given(
       id text, document_id text, ordinal integer, source text, language text, facets text[], passage text,
       terms text, grams text, term_count integer, context_term_count integer, gram_count integer, vector text)`,
    [JSON.stringify(rows), segment],
  )
}

async function createVectorIndex(client: pg.PoolClient, {number, dimension}: CollectionRecord): Promise<void> {
  if (dimension === null || dimension > MOST_INDEXED_DIMENSIONS) return
  const {passages} = tablesOf(number)
  const {rows} = await client.query<{count: string}>(`SELECT count(vector) FROM ${passages}`)
  if (Number(rows[0]!.count) < LEAST_INDEXED) return
  const name = `c${number}_vector`
  await client.query(`CREATE INDEX IF NOT EXISTS ${name} ON ${passages} USING hnsw (vector vector_ip_ops)`)
}
