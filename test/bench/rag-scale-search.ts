/**
 * The searching half of `rag-scale.ts`, in a process that has done nothing else: `node rag-scale-search.ts DIRECTORY
 * DIMENSION`. Prints a line of JSON.
 */
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Analyser} from '../../plugins/rag/src/analysis/analyser.ts'
import {percentile} from '../../plugins/rag/src/evaluation/metrics.ts'
import {ChunkIndex} from '../../plugins/rag/src/index/chunk-index.ts'
import {connectTo} from '../../plugins/rag/src/stores/lancedb/connect.ts'
import {LanceDbStore} from '../../plugins/rag/src/stores/lancedb/lancedb-store.ts'
import {unitVector} from '../../plugins/rag/src/stores/unit-vector.ts'

export interface ScaleQuery {
  readonly text: string
  readonly vector: readonly number[]
}

/** Searches that warm up, and queries whose nearest vectors are compared with all. */
const WARMING = 40
const COMPARED = 20

const [directory, dimension] = process.argv.slice(2) as [string, string]
const stored = JSON.parse(await readFile(join(directory, 'queries.json'), 'utf8')) as ScaleQuery[]
const queries = stored.map(({text, vector}) => ({text, vector: unitVector(Float32Array.from(vector))!}))

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function percentiles(name: string, times: readonly number[]): Record<string, number> {
  return {[`${name}_p50_ms`]: percentile(0.5, times), [`${name}_p95_ms`]: percentile(0.95, times)}
}

const store = new LanceDbStore({directory, collection: 'scale', dimension: Number(dimension)})
const index = new ChunkIndex({store, analyser: new Analyser()})
const [first, ...others] = queries
const firstSearch = await timed(() => index.search(first!.text, {vector: first!.vector}))
// Reckoned from the start of the process.
const report: Record<string, number> = {cold_process_first_hit_ms: performance.now(), first_search_ms: firstSearch}
for (const {text, vector} of others.slice(0, WARMING)) await index.search(text, {vector})
const asked = others.slice(WARMING)
const hybrid: number[] = []
const lexical: number[] = []
for (const {text, vector} of asked) {
  hybrid.push(await timed(() => index.search(text, {vector})))
  lexical.push(await timed(() => index.search(text)))
}
Object.assign(report, percentiles('hybrid', hybrid), percentiles('lexical', lexical))
report['searching_rss_mb'] = process.resourceUsage().maxRSS / 1_000
process.stderr.write(`${JSON.stringify(report)}\n`)

const snapshot = await store.snapshot()
const dense: number[] = []
for (const {vector} of asked) dense.push(await timed(() => snapshot.byVector(vector, {limit: 128})))
Object.assign(report, percentiles('dense_only', dense))
const table = await (await connectTo(directory)).openTable('scale')
let found = 0
let exactly = 0
for (const {vector} of queries.slice(0, COMPARED)) {
  const near = await snapshot.byVector(vector, {limit: 128})
  exactly += await timed(async () => {
    const exact = await table
      .query()
      .nearestTo(vector)
      .column('vector')
      .distanceType('dot')
      .bypassVectorIndex()
      .select(['_distance'])
      .withRowId()
      .limit(10)
      .toArrow()
    const truth = new Set(exact.getChild('_rowid')!.toArray() as BigUint64Array)
    found += near.slice(0, 10).filter(({key}) => truth.has(key as bigint)).length / truth.size
  })
}
const compared = Math.min(COMPARED, queries.length)
report['dense_recall_at_10'] = found / compared
report['exact_mean_ms'] = exactly / compared
process.stdout.write(JSON.stringify(report))
