/**
 * A large collection with vectors: `node test/bench/rag-scale.ts [--passages 200000] [--dimension 384] [--queries 100]`.
 *
 * Fills a LanceDB store with synthetic passages (words by Zipf's law, vectors around 400 centres in 48 of the
 * dimensions, and noise in all), makes its indexes, and searches it by words and vectors in a process of its own. It
 * prints a table and a line of JSON. Memory is that of the process, searching and filling apart.
 */
import {spawn} from 'node:child_process'
import {mkdtemp, readdir, rm, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {connect} from '@lancedb/lancedb'
import {Analyser} from '../../plugins/rag/src/analysis/analyser.ts'
import {readDocuments} from '../../plugins/rag/src/analysis/document-reading.ts'
import {percentile} from '../../plugins/rag/src/evaluation/metrics.ts'
import {ChunkIndex} from '../../plugins/rag/src/index/chunk-index.ts'
import {passageId} from '../../plugins/rag/src/index/passage.ts'
import {LanceDbStore} from '../../plugins/rag/src/stores/lancedb/lancedb-store.ts'
import {createVectorIndex} from '../../plugins/rag/src/stores/lancedb/vector-index.ts'
import type {DocumentRows} from '../../plugins/rag/src/stores/passage-store.ts'
import {unitVector} from '../../plugins/rag/src/stores/unit-vector.ts'

const {values} = parseArgs({
  options: {
    passages: {type: 'string', default: '200000'},
    dimension: {type: 'string', default: '384'},
    queries: {type: 'string', default: '100'},
    /** Searches a collection that was filled before. */
    search: {type: 'string'},
  },
})
const passages = Number(values.passages)
const dimension = Number(values.dimension)
const passagesPerDocument = 20
const wordsPerPassage = 60
const latent = Math.min(48, dimension)

/** Lehmer's generator (Park and Miller, 1988): the same collection in every run. */
let state = 42
function random(): number {
  state = (state * 48_271) % 2_147_483_647
  return state / 2_147_483_647
}

/** Box and Muller (1958). */
function gaussian(): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
}

const syllables =
  'ba con de ex fi gra ho in ju kel lo mi nor op pre qua re sta ter un ver wi ing ment tion er al ous'.split(' ')
const vocabulary = Array.from({length: 60_000}, (_, rank) =>
  Array.from({length: rank < 200 ? 1 + Math.floor(random() * 2) : 2 + Math.floor(random() * 3)}, () => {
    return syllables[Math.floor(random() * syllables.length)]!
  }).join(''),
)
const directions = Array.from({length: latent}, () => Float32Array.from({length: dimension}, gaussian))
const centres = Array.from({length: 400}, () => Float32Array.from({length: latent}, gaussian))

/** A word whose frequency is about the inverse of its rank. */
function word(): string {
  return vocabulary[Math.floor(vocabulary.length ** random()) - 1]!
}

function vector(): Float32Array {
  const centre = centres[Math.floor(random() * centres.length)]!
  const made = Float32Array.from({length: dimension}, () => 3 * (random() - 0.5))
  for (const [at, direction] of directions.entries()) {
    const weight = centre[at]! + 0.7 * gaussian()
    for (let axis = 0; axis < dimension; axis++) made[axis]! += weight * direction[axis]!
  }
  return unitVector(made)!
}

async function documentOf(number: number, analyser: Analyser): Promise<DocumentRows> {
  const documentId = `d${number}`
  const texts = Array.from({length: passagesPerDocument}, () => Array.from({length: wordsPerPassage}, word).join(' '))
  const readable = {language: 'en', sample: '', passages: texts.map(body => ({context: '', body}))}
  const [read] = await readDocuments(analyser, [readable])
  const rows = texts.map((text, ordinal) => ({
    passage: {
      id: passageId({documentId, ordinal}),
      documentId,
      ordinal,
      source: `${documentId}.md`,
      language: 'en',
      metadata: {part: String(number % 10)},
      headings: [],
      text,
      start: 0,
      end: text.length,
      lineStart: 1,
      lineEnd: 1,
    },
    terms: read!.passages[ordinal]!,
    vector: vector(),
  }))
  return {documentId, rows}
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** Searches in this process, which has done nothing else before. */
async function searching(directory: string): Promise<Record<string, number>> {
  const asked = Array.from({length: Number(values.queries)}, () => ({
    query: `how does the ${Array.from({length: 7}, word).join(' ')}?`,
    vector: vector(),
  }))
  const store = new LanceDbStore({directory, collection: 'scale', dimension})
  const index = new ChunkIndex({store, analyser: new Analyser()})
  const first = await timed(() => index.search(asked[0]!.query, {vector: asked[0]!.vector}))
  for (const {query, vector} of asked.slice(0, 20)) await index.search(query, {vector})
  const hybrid: number[] = []
  const lexical: number[] = []
  for (const {query, vector} of asked) {
    hybrid.push(await timed(() => index.search(query, {vector})))
    lexical.push(await timed(() => index.search(query)))
  }
  const memory = process.memoryUsage.rss() / 1e6
  const snapshot = await store.snapshot()
  const table = await (await connect(directory)).openTable('scale')
  let found = 0
  const compared = asked.slice(0, 20)
  for (const {vector} of compared) {
    const near = await snapshot.byVector(vector, {limit: 10})
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
    found += near.filter(({key}) => truth.has(key as bigint)).length / 10
  }
  return {
    cold_first_hit_ms: first,
    hybrid_p50_ms: percentile(0.5, hybrid),
    hybrid_p95_ms: percentile(0.95, hybrid),
    lexical_p50_ms: percentile(0.5, lexical),
    lexical_p95_ms: percentile(0.95, lexical),
    dense_recall_at_10: found / compared.length,
    searching_rss_mb: memory,
  }
}

async function inProcess(directory: string): Promise<Record<string, number>> {
  const argv = [fileURLToPath(import.meta.url), '--search', directory]
  for (const name of ['passages', 'dimension', 'queries'] as const) argv.push(`--${name}`, values[name])
  const child = spawn(process.execPath, argv, {stdio: ['ignore', 'pipe', 'inherit']})
  let printed = ''
  for await (const piece of child.stdout) printed += String(piece)
  return JSON.parse(printed) as Record<string, number>
}

async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, {recursive: true, withFileTypes: true})
  const files = entries.filter(entry => entry.isFile())
  const sizes = await Promise.all(files.map(async entry => (await stat(join(entry.parentPath, entry.name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function measure(): Promise<Record<string, number>> {
  const directory = await mkdtemp(join(tmpdir(), 'omni-rag-scale-'))
  try {
    const store = new LanceDbStore({directory, collection: 'scale', dimension})
    const analyser = new Analyser()
    let largest = 0
    let writing = 0
    const documents = passages / passagesPerDocument
    for (let number = 0; number < documents; number += 250) {
      const batch: DocumentRows[] = []
      for (let at = number; at < Math.min(documents, number + 250); at++) batch.push(await documentOf(at, analyser))
      writing += await timed(() => store.replaceDocuments(batch))
      largest = Math.max(largest, process.memoryUsage.rss())
    }
    const table = await (await connect(directory)).openTable('scale')
    const vectorIndex = await timed(() => createVectorIndex(table))
    const optimising = await timed(() => store.optimize(new Date()))
    largest = Math.max(largest, process.memoryUsage.rss())
    return {
      passages,
      dimension,
      write_passages_per_s: passages / (writing / 1_000),
      vector_index_s: vectorIndex / 1_000,
      optimise_s: optimising / 1_000,
      filling_rss_mb: largest / 1e6,
      disk_mb: (await sizeOf(directory)) / 1e6,
      ...(await inProcess(directory)),
    }
  } finally {
    await rm(directory, {recursive: true, force: true})
  }
}

if (values.search !== undefined) {
  process.stdout.write(JSON.stringify(await searching(values.search)))
} else {
  const report = await measure()
  for (const [name, value] of Object.entries(report))
    process.stdout.write(`${name.padEnd(24)} ${value.toFixed(2).padStart(12)}\n`)
  process.stdout.write(`${JSON.stringify(report)}\n`)
}
