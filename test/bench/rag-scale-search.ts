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

/** What a search took: by the clock, and of both cores' time, which other work on the machine does not lengthen. */
interface Took {
  readonly elapsed: number
  readonly cpu: number
}

async function timed(work: () => Promise<unknown>): Promise<Took> {
  const usage = process.cpuUsage()
  const began = performance.now()
  await work()
  return {elapsed: performance.now() - began, cpu: cpuMilliseconds(process.cpuUsage(usage))}
}

function cpuMilliseconds({user, system}: NodeJS.CpuUsage): number {
  return (user + system) / 1_000
}

function percentiles(name: string, took: readonly Took[]): Record<string, number> {
  const elapsed = took.map(each => each.elapsed)
  const cpu = took.map(each => each.cpu)
  return {
    [`${name}_p50_ms`]: percentile(0.5, elapsed),
    [`${name}_p95_ms`]: percentile(0.95, elapsed),
    [`${name}_p95_cpu_ms`]: percentile(0.95, cpu),
  }
}

const store = new LanceDbStore({directory, collection: 'scale', dimension: Number(dimension)})
const index = new ChunkIndex({store, analyser: new Analyser()})
const [first, ...others] = queries
const firstSearch = await timed(() => index.search(first!.text, {vector: first!.vector}))
// Reckoned from the start of the process.
const report: Record<string, number> = {
  cold_process_first_hit_ms: performance.now(),
  cold_process_first_hit_cpu_ms: cpuMilliseconds(process.cpuUsage()),
  first_search_ms: firstSearch.elapsed,
}
for (const {text, vector} of others.slice(0, WARMING)) await index.search(text, {vector})
const asked = others.slice(WARMING)
const hybrid: Took[] = []
const lexical: Took[] = []
for (const {text, vector} of asked) {
  hybrid.push(await timed(() => index.search(text, {vector})))
  lexical.push(await timed(() => index.search(text)))
}
Object.assign(report, percentiles('hybrid', hybrid), percentiles('lexical', lexical))
report['searching_rss_mb'] = process.resourceUsage().maxRSS / 1_000

const snapshot = await store.snapshot()
const dense: Took[] = []
for (const {vector} of asked) dense.push(await timed(() => snapshot.byVector(vector, {limit: 128})))
Object.assign(report, percentiles('dense_only', dense))
const table = await (await connectTo(directory)).openTable('scale')
let found = 0
const exactly: Took[] = []
const compared = queries.slice(0, COMPARED)
for (const {vector} of compared) {
  const near = await snapshot.byVector(vector, {limit: 128})
  const search = async () => {
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
  }
  exactly.push(await timed(search))
}
report['dense_recall_at_10'] = found / compared.length
Object.assign(report, percentiles('exact', exactly))
process.stdout.write(JSON.stringify(report))
