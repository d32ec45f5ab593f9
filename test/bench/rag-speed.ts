/**
 * Speed of retrieval: `node test/bench/rag-speed.ts [--passages 100000] [--queries 300]`.
 *
 * Builds a collection of synthetic Markdown documents, whose words follow Zipf's law, searches it within this process,
 * and prints a table and a line of JSON. Times on a shared machine are noisy; the ratios compare with plain work done
 * in the same run: analysing without an index, and LanceDB's own search for the query's terms alone.
 */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {connect, MatchQuery} from '@lancedb/lancedb'
import {Analyser} from '../../plugins/rag/src/analysis/analyser.ts'
import {percentile} from '../../plugins/rag/src/evaluation/metrics.ts'
import type {IndexedDocument} from '../../plugins/rag/src/index/chunk-index.ts'
import {ChunkIndex} from '../../plugins/rag/src/index/chunk-index.ts'
import {LanceDbStore} from '../../plugins/rag/src/stores/lancedb/lancedb-store.ts'

const {values} = parseArgs({
  options: {passages: {type: 'string', default: '100000'}, queries: {type: 'string', default: '300'}},
})
const passages = Number(values.passages)
const passagesPerDocument = 4
const wordsPerPassage = 260

/** Lehmer's generator (Park and Miller, 1988): the same words in every run. */
let state = 42
function random(): number {
  state = (state * 48_271) % 2_147_483_647
  return state / 2_147_483_647
}

const syllables =
  'ba con de ex fi gra ho in ju kel lo mi nor op pre qua re sta ter un ver wi ing ment tion er al ous'.split(' ')
const vocabulary = Array.from({length: 60_000}, (_, rank) =>
  Array.from({length: rank < 200 ? 1 + Math.floor(random() * 2) : 2 + Math.floor(random() * 3)}, () => {
    return syllables[Math.floor(random() * syllables.length)]!
  }).join(''),
)

/** A word whose frequency is about the inverse of its rank. */
function word(): string {
  return vocabulary[Math.floor(vocabulary.length ** random()) - 1]!
}

function document(number: number): IndexedDocument {
  const chunks = Array.from({length: passagesPerDocument}, (_, ordinal) => {
    const text = `${Array.from({length: wordsPerPassage}, word).join(' ')}.`
    return {ordinal, text, headings: [`Section ${ordinal}`], start: 0, end: text.length, lineStart: 1, lineEnd: 1}
  })
  return {
    documentId: `d${number}`,
    source: `d${number}.md`,
    language: 'en',
    metadata: {part: String(number % 10)},
    chunks,
  }
}

function* batches(): Generator<IndexedDocument[]> {
  for (let number = 0; number < passages / passagesPerDocument; number += 256) {
    yield Array.from({length: Math.min(256, passages / passagesPerDocument - number)}, (_, at) => document(number + at))
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function search(run: (query: string) => Promise<unknown>): Promise<{p50: number; p95: number}> {
  for (const query of queries.slice(0, 20)) await run(query)
  const times: number[] = []
  for (const query of queries) times.push(await timed(() => run(query)))
  return {p50: percentile(0.5, times), p95: percentile(0.95, times)}
}

const scratch = await mkdtemp(join(tmpdir(), 'omni-rag-speed-'))
const analyser = new Analyser()
const report: Record<string, number> = {passages}
const queries = Array.from({length: Number(values.queries)}, () => {
  const words = Array.from({length: 5 + Math.floor(random() * 6)}, word)
  return `how does the ${words.join(' ')}?`
})
try {
  const index = new ChunkIndex({store: new LanceDbStore({directory: scratch, collection: 'speed'}), analyser})
  let writing = 0
  let largest = 0
  for (const iterator = batches(); ;) {
    const batch = iterator.next()
    if (batch.done) break
    writing += await timed(() => index.replaceDocuments(batch.value))
    largest = Math.max(largest, process.memoryUsage.rss())
    if (report.rss_mb_after_first_batches === undefined && writing > 2_000)
      report.rss_mb_after_first_batches = largest / 1e6
  }
  const optimising = await timed(() => index.optimize(new Date()))
  report.documents_per_s = passages / passagesPerDocument / ((writing + optimising) / 1_000)
  report.optimise_share = optimising / (writing + optimising)
  report.rss_mb_at_most = Math.max(largest, process.memoryUsage.rss()) / 1e6
  const ranked = await search(query => index.search(query))
  const filtered = await search(query => index.search(query, {filter: {metadata: {part: '3'}}}))
  const table = await (await connect(scratch)).openTable('speed')
  const terms = await search(query => {
    const match = new MatchQuery(analyser.analyse(query, {language: 'en'}).terms.join(' '), 'terms')
    return table.query().select(['id', '_score']).fullTextSearch(match).limit(10).toArrow()
  })
  Object.assign(report, {
    search_p50_ms: ranked.p50,
    search_p95_ms: ranked.p95,
    filtered_p50_ms: filtered.p50,
    filtered_p95_ms: filtered.p95,
    terms_only_p50_ms: terms.p50,
    search_to_terms_only: ranked.p50 / terms.p50,
  })
} finally {
  await rm(scratch, {recursive: true, force: true})
}
for (const [name, value] of Object.entries(report))
  process.stdout.write(`${name.padEnd(28)} ${value.toFixed(2).padStart(10)}\n`)
process.stdout.write(`${JSON.stringify(report)}\n`)
