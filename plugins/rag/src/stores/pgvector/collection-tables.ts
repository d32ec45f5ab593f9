import type pg from 'pg'

/** What answers queries: a pool, or one connection of it. */
export type Queryable = Pick<pg.ClientBase, 'query'>

/** A row of `omni_rag.collections`. */
export interface CollectionRecord {
  /** Names the collection's tables. */
  readonly number: number
  /** Null in a collection without vectors. */
  readonly dimension: number | null
  /** Counts the writes. */
  readonly revision: string
  /** Passages that posting lists still name and that are gone. */
  readonly gone: number
}

/** The three tables of a collection. Their names are made of a number of ours, never of a user's text. */
export interface CollectionTables {
  readonly passages: string
  readonly postings: string
  readonly segments: string
}

export function tablesOf(number: number): CollectionTables {
  const prefix = `omni_rag.c${Math.trunc(number)}`
  return {passages: `${prefix}_passages`, postings: `${prefix}_postings`, segments: `${prefix}_segments`}
}

/** HNSW of pgvector takes vectors of at most so many numbers (https://github.com/pgvector/pgvector#hnsw). */
export const MOST_INDEXED_DIMENSIONS = 2_000

/** What PostgreSQL calls "undefined_table" and "invalid_schema_name": nothing has ever been written. */
const missing = new Set(['42P01', '3F000'])

/** The record of a collection; undefined where there is none. */
export async function findCollection(
  database: Queryable,
  tenant: string,
  collection: string,
  lock: '' | 'FOR UPDATE' = '',
): Promise<CollectionRecord | undefined> {
  try {
    const {rows} = await database.query<CollectionRecord>(
      `SELECT number, dimension, revision, gone FROM omni_rag.collections WHERE tenant = $1 AND name = $2 ${lock}`,
      [tenant, collection],
    )
    return rows[0]
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

export async function listCollections(database: Queryable, tenant: string): Promise<string[]> {
  try {
    const {rows} = await database.query<{name: string}>(
      'SELECT name FROM omni_rag.collections WHERE tenant = $1 ORDER BY name',
      [tenant],
    )
    return rows.map(({name}) => name)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && missing.has(String(error.code))
}

/** The schema and the list of collections, where they are missing. Outside of transactions that write. */
export async function createSchema(database: Queryable): Promise<void> {
  const {rows} = await database.query<{found: string | null}>(`SELECT to_regclass('omni_rag.collections') AS found`)
  if (rows[0]!.found !== null) return
  // Two that create at once wait for each other: IF NOT EXISTS alone can fail in a race.
  await database.query('BEGIN')
  try {
    await database.query(`SELECT pg_advisory_xact_lock(hashtext('omni_rag'))`)
    await database.query('CREATE SCHEMA IF NOT EXISTS omni_rag')
    await database.query(`CREATE TABLE IF NOT EXISTS omni_rag.collections (
      number serial PRIMARY KEY, tenant text NOT NULL, name text NOT NULL, dimension integer,
      revision bigint NOT NULL DEFAULT 0, gone integer NOT NULL DEFAULT 0, UNIQUE (tenant, name))`)
    await database.query('COMMIT')
  } catch (error) {
    await database.query('ROLLBACK')
    throw error
  }
}

/** Makes a collection, within the transaction of its first write. */
export async function createCollection(
  database: Queryable,
  tenant: string,
  collection: string,
  dimension: number | undefined,
): Promise<CollectionRecord> {
  if (dimension !== undefined) await createExtension(database)
  const {rows} = await database.query<CollectionRecord>(
    `INSERT INTO omni_rag.collections (tenant, name, dimension) VALUES ($1, $2, $3)
     RETURNING number, dimension, revision, gone`,
    [tenant, collection, dimension ?? null],
  )
  const record = rows[0]!
  const {passages, postings, segments} = tablesOf(record.number)
  const vector = dimension === undefined ? '' : `, vector vector(${Math.trunc(dimension)})`
  await database.query(`CREATE TABLE ${passages} (
    key bigserial PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, document_id text COLLATE "C" NOT NULL,
    ordinal integer NOT NULL, source text COLLATE "C" NOT NULL, language text NOT NULL, facets text[] NOT NULL,
    passage text NOT NULL, terms text NOT NULL, grams text NOT NULL, term_count integer NOT NULL,
    context_term_count integer NOT NULL, gram_count integer NOT NULL, segment integer NOT NULL${vector})`)
  await database.query(`CREATE INDEX ON ${passages} (document_id)`)
  await database.query(`CREATE INDEX ON ${passages} (segment)`)
  await database.query(`CREATE INDEX ON ${passages} USING gin (facets)`)
  await database.query(`CREATE TABLE ${postings} (
    kind smallint NOT NULL, token text COLLATE "C" NOT NULL, segment integer NOT NULL, keys bigint[] NOT NULL,
    frequencies integer[] NOT NULL, lengths integer[] NOT NULL, PRIMARY KEY (kind, token, segment))`)
  await database.query(`CREATE INDEX ON ${postings} (segment)`)
  await database.query(`CREATE TABLE ${segments} (
    segment serial PRIMARY KEY, passages integer NOT NULL DEFAULT 0, terms bigint NOT NULL DEFAULT 0,
    grams bigint NOT NULL DEFAULT 0, stale boolean NOT NULL DEFAULT false)`)
  return record
}

/** Gives a collection that was made without vectors the column for them. */
export async function addVectors(database: Queryable, record: CollectionRecord, dimension: number): Promise<void> {
  await createExtension(database)
  await database.query(
    `ALTER TABLE ${tablesOf(record.number).passages} ADD COLUMN vector vector(${Math.trunc(dimension)})`,
  )
  await database.query('UPDATE omni_rag.collections SET dimension = $2 WHERE number = $1', [record.number, dimension])
}

export async function dropCollection(database: Queryable, number: number): Promise<void> {
  const {passages, postings, segments} = tablesOf(number)
  await database.query(`DROP TABLE ${passages}, ${postings}, ${segments}`)
  await database.query('DELETE FROM omni_rag.collections WHERE number = $1', [number])
}

async function createExtension(database: Queryable): Promise<void> {
  const {rows} = await database.query(`SELECT 1 FROM pg_extension WHERE extname = 'vector'`)
  if (rows.length === 0) await database.query('CREATE EXTENSION IF NOT EXISTS vector')
}
