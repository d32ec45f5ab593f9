/**
 * Retrieval quality on the shared sets: `node test/bench/rag-quality.ts [--set NAME]`.
 * Prints a table, then one line of JSON. The figures to reach are the issue's.
 */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {Analyser} from '../../plugins/rag/src/analysis/analyser.ts'
import {percentile} from '../../plugins/rag/src/evaluation/metrics.ts'
import {ChunkIndex} from '../../plugins/rag/src/index/chunk-index.ts'
import {LanceDbStore} from '../../plugins/rag/src/stores/lancedb/lancedb-store.ts'
import type {Passage} from '../../plugins/rag/src/index/passage.ts'
import {ragSets, sharedSets} from './rag-sets.ts'

const targets: Record<string, Record<string, number>> = {
  'cookbook-code': {'pass@10': 0.895, 'pass@20': 0.925},
  'anthropic-docs': {'recall@3': 0.69, 'mrr@3': 0.83},
  'xquad-en': {'hit@5': 0.99},
  'xquad-de': {'hit@5': 0.985},
  'xquad-ro': {'hit@5': 0.985},
  'xquad-tr': {'hit@5': 0.985},
  'chroma-chunking': {'span recall@5': 0.93},
}

const {values} = parseArgs({options: {set: {type: 'string', multiple: true}}})
const directory = sharedSets()
if (directory === undefined) {
  process.stdout.write('The shared sets are not here; set OMNI_SHARED_DATA to their directory.\n')
  process.exit(0)
}
const sets = ragSets(directory).filter(({name}) => values.set === undefined || values.set.includes(name))
const scratch = await mkdtemp(join(tmpdir(), 'omni-rag-quality-'))
const report: Record<string, Record<string, number>> = {}
const analyser = new Analyser()
try {
  for (const set of sets) {
    const index = new ChunkIndex({store: new LanceDbStore({directory: scratch, collection: set.name}), analyser})
    const {queries, measure} = await set.populate(index)
    const found: Passage[][] = []
    const times: number[] = []
    for (const {text} of queries) {
      const began = performance.now()
      const {hits} = await index.search(text, {limit: 60})
      times.push(performance.now() - began)
      found.push([...hits])
    }
    report[set.name] = {
      ...measure(found),
      passages: await index.count(),
      p50_ms: percentile(0.5, times),
      p95_ms: percentile(0.95, times),
    }
    for (const [name, value] of Object.entries(report[set.name]!)) {
      const target = targets[set.name]?.[name]
      const verdict = target === undefined ? '' : `  ${value >= target ? 'reached' : 'MISSED '} ≥ ${target}`
      process.stdout.write(`${set.name.padEnd(16)} ${name.padEnd(14)} ${value.toFixed(3).padStart(9)}${verdict}\n`)
    }
    await index.close()
  }
} finally {
  await rm(scratch, {recursive: true, force: true})
}
process.stdout.write(`${JSON.stringify(report)}\n`)
