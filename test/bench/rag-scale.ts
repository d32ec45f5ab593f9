/**
 * A large collection with vectors:
 * `node test/bench/rag-scale.ts [--passages 100000] [--dimension 384] [--queries 200] [--vectors clustered|even]
 * [--keep DIRECTORY] [--only build|search]`.
 *
 * Fills a LanceDB store with synthetic passages (words by Zipf's law; vectors: see `Structure`), makes its indexes, and
 * searches it by words and vectors in a process of its own. With `--keep` the collection stays in a directory, a run
 * that was cut off goes on there, and `--only search` measures what an earlier run built. It prints a table and a line
 * of JSON. Memory is that of the process, searching and filling apart; files may be in the system's cache.
 */
import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {build} from 'esbuild'
import {Analyser} from '../../plugins/rag/src/analysis/analyser.ts'
import {readDocuments} from '../../plugins/rag/src/analysis/document-reading.ts'
import {passageId} from '../../plugins/rag/src/index/passage.ts'
import {seededRandom} from '../../plugins/rag/src/seeded-random.ts'
import {connectTo} from '../../plugins/rag/src/stores/lancedb/connect.ts'
import {LanceDbStore} from '../../plugins/rag/src/stores/lancedb/lancedb-store.ts'
import {createVectorIndex} from '../../plugins/rag/src/stores/lancedb/vector-index.ts'
import type {DocumentRows} from '../../plugins/rag/src/stores/passage-store.ts'
import type {ScaleQuery} from './rag-scale-search.ts'
import {type Structure, vectorSource, words} from './synthetic-passages.ts'

const {values} = parseArgs({
  options: {
    passages: {type: 'string', default: '100000'},
    dimension: {type: 'string', default: '384'},
    queries: {type: 'string', default: '200'},
    vectors: {type: 'string', default: 'clustered'},
    keep: {type: 'string'},
    only: {type: 'string'},
  },
})
const passages = Number(values.passages)
const dimension = Number(values.dimension)
const vector = vectorSource(dimension, values.vectors as Structure)
const passagesPerDocument = 20
const wordsPerPassage = 60
const documentsAtOnce = 400

/** What building took, kept beside the collection. */
interface Building {
  documents: number
  writing_s: number
  vector_index_s?: number
  /** Of all cores together, which other work on the machine does not lengthen. */
  vector_index_cpu_s?: number
  optimise_s?: number
  filling_rss_mb: number
}

async function documentOf(number: number, analyser: Analyser): Promise<DocumentRows> {
  const documentId = `d${number}`
  const random = seededRandom(1_000 + number)
  const texts = Array.from({length: passagesPerDocument}, () => words(wordsPerPassage, random))
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
    vector: vector(random),
  }))
  return {documentId, rows}
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1_000
}

/** Does what is not done yet of filling the collection and making its indexes. */
async function buildCollection(directory: string): Promise<Building> {
  const path = join(directory, 'building.json')
  const building: Building = existsSync(path)
    ? (JSON.parse(await readFile(path, 'utf8')) as Building)
    : {documents: 0, writing_s: 0, filling_rss_mb: 0}
  const done = async (progress: Partial<Building>) => {
    Object.assign(building, progress)
    building.filling_rss_mb = Math.max(building.filling_rss_mb, process.resourceUsage().maxRSS / 1_000)
    await writeFile(path, JSON.stringify(building))
    process.stderr.write(`${JSON.stringify(building)}\n`)
  }
  const store = new LanceDbStore({directory, collection: 'scale', dimension})
  const analyser = new Analyser()
  for (const documents = passages / passagesPerDocument; building.documents < documents;) {
    const next = Math.min(documents, building.documents + documentsAtOnce)
    const batch: DocumentRows[] = []
    for (let at = building.documents; at < next; at++) batch.push(await documentOf(at, analyser))
    const took = await seconds(() => store.replaceDocuments(batch))
    await done({documents: next, writing_s: building.writing_s + took})
  }
  if (building.vector_index_s === undefined) {
    const table = await (await connectTo(directory)).openTable('scale')
    const usage = process.cpuUsage()
    const vector_index_s = await seconds(() => createVectorIndex(table))
    const {user, system} = process.cpuUsage(usage)
    await done({vector_index_s, vector_index_cpu_s: (user + system) / 1e6})
  }
  if (building.optimise_s === undefined) {
    await done({optimise_s: await seconds(() => store.optimize(new Date()))})
  }
  await store.close()
  return building
}

function queries(): ScaleQuery[] {
  const random = seededRandom(7)
  return Array.from({length: Number(values.queries)}, () => ({
    text: `how does the ${words(7, random)}?`,
    vector: [...vector(random)],
  }))
}

/** Searches in a process that has done nothing else before, of one bundle as the program is. */
async function search(directory: string): Promise<Record<string, number>> {
  await writeFile(join(directory, 'queries.json'), JSON.stringify(queries()))
  const outdir = join(import.meta.dirname, '../../node_modules/.cache/rag-scale')
  const source = join(import.meta.dirname, 'rag-scale-search.ts')
  await build({
    entryPoints: [source],
    outdir,
    outExtension: {'.js': '.mjs'},
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
  const searcher = join(outdir, 'rag-scale-search.mjs')
  const child = spawn(process.execPath, [searcher, directory, values.dimension], {stdio: ['ignore', 'pipe', 'inherit']})
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

const directory = values.keep === undefined ? await mkdtemp(join(tmpdir(), 'omni-rag-scale-')) : resolve(values.keep)
try {
  await mkdir(directory, {recursive: true})
  const report: Record<string, number> = {passages, dimension}
  if (values.only !== 'search') {
    const {documents, writing_s, ...rest} = await buildCollection(directory)
    const write_passages_per_s = (documents * passagesPerDocument) / writing_s
    Object.assign(report, {write_passages_per_s, ...rest, disk_mb: (await sizeOf(directory)) / 1e6})
  }
  if (values.only !== 'build') Object.assign(report, await search(directory))
  for (const [name, value] of Object.entries(report))
    process.stdout.write(`${name.padEnd(24)} ${value.toFixed(2).padStart(12)}\n`)
  process.stdout.write(`${JSON.stringify(report)}\n`)
} finally {
  if (values.keep === undefined) await rm(directory, {recursive: true, force: true})
}
