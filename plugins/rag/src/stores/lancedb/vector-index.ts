import type {Table} from '@lancedb/lancedb'

/** From so many vectors on, an index is faster than comparing them all. */
export const LEAST_INDEXED = 20_000
/** Partitions are made anew once a collection is so many times as large as when they were made. */
const OUTGROWN = 4
const NAME = 'vector_idx'
/**
 * Passes over the vectors that the partitions are learned from, and how many of these each partition gets; left alone,
 * 50 and 256, which takes a million vectors minutes.
 */
const PASSES = 5
const LEARNED_FROM = 64

/**
 * Gives a table its vector index, or makes it anew where the table has outgrown it; `optimize` keeps it up to date in
 * between. RaBitQ (Gao and Long, SIGMOD 2024) with four bits a number and refinement: the one bit that is the default
 * loses too many of the best of evenly spread vectors. `npm run bench:scale` measures what is lost.
 */
export async function createVectorIndex(table: Table): Promise<void> {
  if (!(await table.schema()).fields.some(({name}) => name === 'vector')) return
  const vectors = await table.countRows('vector IS NOT NULL')
  if (vectors < LEAST_INDEXED) return
  const existing = (await table.listIndices()).find(({columns}) => columns.includes('vector'))
  const partitions = Math.round(Math.sqrt(vectors) / 3)
  if (existing !== undefined) {
    const stats = await table.indexStats(existing.name)
    const since = (stats?.numUnindexedRows ?? 0) * OUTGROWN
    if (since <= vectors * (OUTGROWN - 1)) return
  }
  const {Index} = await import('@lancedb/lancedb')
  const config = Index.ivfRq({
    distanceType: 'dot',
    numBits: 4,
    numPartitions: partitions,
    maxIterations: PASSES,
    sampleRate: LEARNED_FROM,
  })
  await table.createIndex('vector', {config, name: NAME, replace: true})
}
