/**
 * Omni's search beside its peers', on the shared sets, in one run: `node test/bench/peers/peers.ts [--set NAME]`.
 * The README here says how to install the peers.
 *
 * All search the same passages, cut by omni, with title and headings; each as it comes, without models. Sets are
 * measured like `rag-quality.ts` does. Prints a table and a line of JSON.
 */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {Analyser} from '../../../plugins/rag/src/analysis/analyser.ts'
import {percentile} from '../../../plugins/rag/src/evaluation/metrics.ts'
import {ChunkIndex} from '../../../plugins/rag/src/index/chunk-index.ts'
import type {Passage} from '../../../plugins/rag/src/index/passage.ts'
import {LanceDbStore} from '../../../plugins/rag/src/stores/lancedb/lancedb-store.ts'
import {ragSets, sharedSets} from '../rag-sets.ts'
import {type Engine, miniSearch, orama, qmd, qmdByWords, sqlite} from './engines.ts'

/** How many passages each is asked for, as `rag-quality.ts` asks. */
const LIMIT = 60
/** A search for each word of each question takes qmd a third of a second: the larger sets are left out. */
const MOST_BY_WORDS = 500
/** The measure of each set that the table shows. */
const shown: Readonly<Record<string, string>> = {
  'cookbook-code': 'pass@10',
  'anthropic-docs': 'recall@3',
  'xquad-en': 'hit@5',
  'xquad-de': 'hit@5',
  'xquad-ro': 'hit@5',
  'xquad-tr': 'hit@5',
  'chroma-chunking': 'span recall@5',
}

const {values} = parseArgs({options: {set: {type: 'string', multiple: true}}})
const directory = sharedSets()
if (directory === undefined) {
  process.stdout.write('The shared sets are not here; set OMNI_SHARED_DATA to their directory.\n')
  process.exit(0)
}
const sets = ragSets(directory).filter(({name}) => name in shown && (values.set?.includes(name) ?? true))
const scratch = await mkdtemp(join(tmpdir(), 'omni-bench-peers-'))
const analyser = new Analyser()
const report: Record<string, Record<string, Record<string, number>>> = {}

/** Searches for every question, and says how long each took. */
async function asked(questions: readonly string[], search: (question: string) => Promise<readonly Passage[]>) {
  const found: (readonly Passage[])[] = []
  const times: number[] = []
  for (const question of questions) {
    const began = performance.now()
    found.push(await search(question))
    times.push(performance.now() - began)
  }
  return {found, p50_ms: percentile(0.5, times), p95_ms: percentile(0.95, times)}
}

try {
  for (const set of sets) {
    const store = new LanceDbStore({directory: scratch, collection: set.name})
    const index = new ChunkIndex({store, analyser})
    const {queries, measure} = await set.populate(index)
    const questions = queries.map(({text}) => text)
    const passages = new Map<string, Passage>()
    for await (const passage of index.scan()) passages.set(passage.id, passage)
    const row: Record<string, Record<string, number>> = {}
    report[set.name] = row
    const {found, ...times} = await asked(questions, async question => {
      return (await index.search(question, {limit: LIMIT})).hits
    })
    row['omni'] = {...measure(found), ...times}
    await index.close()
    const engines: Engine[] = [miniSearch, orama, sqlite, qmd]
    if (questions.length <= MOST_BY_WORDS) engines.push(qmdByWords)
    for (const {name, open} of engines) {
      const engine = await open([...passages.values()], join(scratch, `${set.name}-${name}`))
      const {found: theirs, ...took} = await asked(questions, async question => {
        const ids = await engine.search(question, LIMIT)
        return ids.map(id => passages.get(id)!)
      })
      await engine.close()
      row[name] = {...measure(theirs), ...took}
    }
    for (const [name, figures] of Object.entries(row)) {
      const quality = figures[shown[set.name]!]!.toFixed(3)
      const speed = `p50 ${figures['p50_ms']!.toFixed(1)} ms  p95 ${figures['p95_ms']!.toFixed(1)} ms`
      process.stdout.write(`${set.name.padEnd(16)} ${name.padEnd(12)} ${shown[set.name]} ${quality}  ${speed}\n`)
    }
  }
} finally {
  await rm(scratch, {recursive: true, force: true})
}
process.stdout.write(`${JSON.stringify(report)}\n`)
