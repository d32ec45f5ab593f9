import type {CollectionTables, Queryable} from './collection-tables.ts'

/** What a posting list is of, as `kind` in the table says it. */
export const kindOf = {terms: 0, grams: 1} as const
/** Longer tokens are indexed by their hash: a B-tree's entry has room for 2,700 bytes. */
const LONGEST = 200
/** Segments of fewer passages than this are merged once there are many. */
const SMALL = 4_096
const MANY = 8

/** A token as the posting lists name it. `expression` is SQL of our own. */
export function tokenSql(expression: string): string {
  return `CASE WHEN length(${expression}) > ${LONGEST} THEN 'sha256:' || encode(sha256(convert_to(${expression}, 'UTF8')), 'hex') ELSE ${expression} END`
}

/** A new segment, empty as yet. */
export async function addSegment(database: Queryable, {segments}: CollectionTables): Promise<number> {
  const {rows} = await database.query<{segment: number}>(`INSERT INTO ${segments} DEFAULT VALUES RETURNING segment`)
  return rows[0]!.segment
}

/**
 * Makes the posting lists of a segment: of each token, which passages have it, how often, and how long those are. A
 * list is one row, so that a search reads few rows and a posting costs 16 bytes instead of a row's 70.
 */
export async function indexSegment(database: Queryable, tables: CollectionTables, segment: number): Promise<void> {
  const {passages, postings, segments} = tables
  await database.query(`DELETE FROM ${postings} WHERE segment = $1`, [segment])
  for (const [column, kind] of Object.entries(kindOf)) {
    const count = column === 'terms' ? 'term_count' : 'gram_count'
    await database.query(
      `INSERT INTO ${postings} (kind, token, segment, keys, frequencies, lengths)
       SELECT ${kind}, token, $1, array_agg(key ORDER BY key), array_agg(frequency ORDER BY key), array_agg(length ORDER BY key)
       FROM (
         SELECT ${tokenSql('token')} AS token, key, count(*)::integer AS frequency, min(${count}) AS length
         FROM ${passages}, unnest(string_to_array(${column}, ' ')) AS token
         WHERE segment = $1 AND token <> ''
         GROUP BY 1, key) AS counted
       GROUP BY token`,
      [segment],
    )
  }
  await database.query(
    `UPDATE ${segments} SET stale = false, passages = counted.passages, terms = counted.terms, grams = counted.grams
     FROM (SELECT count(*) AS passages, coalesce(sum(term_count), 0) AS terms, coalesce(sum(gram_count), 0) AS grams
           FROM ${passages} WHERE segment = $1) AS counted
     WHERE segment = $1`,
    [segment],
  )
}

/** Forgets removed passages and puts small segments together, so that a search reads few rows per token. */
export async function mergeSegments(database: Queryable, tables: CollectionTables): Promise<void> {
  const {passages, postings, segments} = tables
  const {rows: small} = await database.query<{segment: number}>(
    `SELECT segment FROM ${segments} WHERE passages < ${SMALL} ORDER BY segment`,
  )
  if (small.length >= MANY) {
    const merged = small.map(({segment}) => segment)
    const into = await addSegment(database, tables)
    await database.query(`UPDATE ${passages} SET segment = $1 WHERE segment = ANY($2)`, [into, merged])
    await database.query(`DELETE FROM ${postings} WHERE segment = ANY($1)`, [merged])
    await database.query(`DELETE FROM ${segments} WHERE segment = ANY($1)`, [merged])
    await indexSegment(database, tables, into)
  }
  const {rows: stale} = await database.query<{segment: number}>(`SELECT segment FROM ${segments} WHERE stale`)
  for (const {segment} of stale) await indexSegment(database, tables, segment)
  await database.query(`DELETE FROM ${segments} WHERE passages = 0`)
}
