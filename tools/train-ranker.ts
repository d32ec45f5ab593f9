/**
 * Learns the linear ranker's weights on the shared sets: `node tools/train-ranker.ts [--write]`.
 *
 * First one family of sets at a time is left out of the training and measured with what the others taught; those are
 * the figures that tell what the weights are worth elsewhere. Then the weights are learned on all of them and, with
 * `--write`, put into ranker.weights.json.
 *
 * The loss is listwise: the cross-entropy between the relevance of a query's passages and the softmax of their scores
 * (Cao et al., "Learning to Rank: From Pairwise Approach to Listwise Approach", ICML 2007), where each family of sets
 * counts the same and each set within it. The weights are held to those of plain fusion by a quadratic penalty, so that
 * a feature earns its weight on several sets or gets none.
 */
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {Analyser} from '../plugins/rag/src/analysis/analyser.ts'
import {ChunkIndex} from '../plugins/rag/src/index/chunk-index.ts'
import {LanceDbStore} from '../plugins/rag/src/stores/lancedb/lancedb-store.ts'
import type {Hit} from '../plugins/rag/src/index/passage.ts'
import type {RankerWeights} from '../plugins/rag/src/ranking/ranker.ts'
import {linearScore} from '../plugins/rag/src/ranking/ranker.ts'
import type {FilledSet} from '../test/bench/rag-sets.ts'
import {ragSets, sharedSets} from '../test/bench/rag-sets.ts'

type Pool = Pick<Hit, 'id' | 'documentId' | 'start' | 'end' | 'features'>[]

/** A query's pool of passages, ready for the loss. */
interface Example {
  /** The features of passage after passage. */
  readonly features: Float64Array
  /** Sums to 1. */
  readonly relevance: Float64Array
}

interface Collected {
  readonly name: string
  readonly family: string
  readonly filled: FilledSet
  readonly pools: readonly Pool[]
  readonly examples: readonly Example[]
}

/** Scores are this much steeper in the softmax than in the ranking, where they stay near 0 to 1. */
const SHARPNESS = 12
const STEPS = 150

/** Plain fusion, as far as the penalty goes where nothing was learned. */
const prior: RankerWeights = {
  fusion: 0.8,
  document: 0.2,
  context: 0,
  phrase: 0,
  proximity: 0,
  togetherness: 0,
  words: 0,
  neighbours: 0,
  opening: 0,
}
const names = Object.keys(prior) as (keyof RankerWeights)[]

const {values} = parseArgs({options: {write: {type: 'boolean'}, penalty: {type: 'string', default: '0.002'}}})
const directory = sharedSets()
if (directory === undefined) {
  process.stderr.write('The shared sets are not here; set OMNI_SHARED_DATA to their directory.\n')
  process.exit(9)
}
const collected = await collect(directory)
for (const family of new Set(collected.map(set => set.family))) {
  const weights = learn(
    collected.filter(set => set.family !== family),
    Number(values.penalty),
  )
  for (const set of collected.filter(each => each.family === family)) {
    print(`${set.name} fusion`, measure(set, prior))
    print(`${set.name} left out`, measure(set, weights))
  }
}
const weights = learn(collected, Number(values.penalty))
for (const set of collected) print(`${set.name} trained`, measure(set, weights))
process.stdout.write(`${JSON.stringify(weights, null, 2)}\n`)
if (values.write) {
  const path = join(import.meta.dirname, '../plugins/rag/src/ranking/ranker.weights.json')
  await writeFile(path, `${JSON.stringify(weights, null, 2)}\n`)
}

/** Searches every set with every query. The pool does not depend on the weights, only its order does. */
async function collect(sets: string): Promise<Collected[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'omni-train-ranker-'))
  const analyser = new Analyser()
  const all: Collected[] = []
  try {
    for (const set of ragSets(sets)) {
      const index = new ChunkIndex({store: new LanceDbStore({directory: scratch, collection: set.name}), analyser})
      const filled = await set.populate(index)
      const pools: Pool[] = []
      const examples: Example[] = []
      for (const {text, relevance} of filled.queries) {
        const {hits} = await index.search(text, {limit: 60, explain: true})
        pools.push(
          hits.map(({id, documentId, start, end, features}) => ({id, documentId, start, end, features: features!})),
        )
        const judged = Float64Array.from(hits, relevance)
        const total = judged.reduce((sum, value) => sum + value, 0)
        if (total === 0) continue
        examples.push({
          features: Float64Array.from(hits.flatMap(({features}) => names.map(name => features![name]))),
          relevance: judged.map(value => value / total),
        })
      }
      all.push({name: set.name, family: set.family, filled, pools, examples})
      await index.close()
      process.stderr.write(`${set.name}: ${pools.length} queries\n`)
    }
  } finally {
    await rm(scratch, {recursive: true, force: true})
  }
  return all
}

/** Full-batch Adam (Kingma and Ba, ICLR 2015): the problem is convex and small. */
function learn(sets: readonly Collected[], penalty: number): RankerWeights {
  const start = Float64Array.from(names, name => prior[name])
  const values = start.slice()
  const first = new Float64Array(names.length)
  const second = new Float64Array(names.length)
  for (let step = 1; step <= STEPS; step++) {
    const gradient = values.map((value, at) => 2 * penalty * SHARPNESS * (value - start[at]!))
    for (const set of sets) {
      const share = 1 / new Set(sets.map(({family}) => family)).size
      const weight = share / sets.filter(({family}) => family === set.family).length / set.examples.length
      for (const example of set.examples) addGradient(gradient, example, values, weight)
    }
    for (let at = 0; at < values.length; at++) {
      first[at] = 0.9 * first[at]! + 0.1 * gradient[at]!
      second[at] = 0.999 * second[at]! + 0.001 * gradient[at]! ** 2
      const rate = 0.02 / (1 + step / 60)
      values[at]! -= (rate * (first[at]! / (1 - 0.9 ** step))) / (Math.sqrt(second[at]! / (1 - 0.999 ** step)) + 1e-8)
    }
  }
  return Object.fromEntries(names.map((name, at) => [name, Number(values[at]!.toFixed(4))])) as unknown as RankerWeights
}

function addGradient(
  gradient: Float64Array,
  {features, relevance}: Example,
  values: Float64Array,
  weight: number,
): void {
  const width = values.length
  const scores = new Float64Array(relevance.length)
  for (let at = 0; at < features.length; at++)
    scores[Math.floor(at / width)]! += SHARPNESS * features[at]! * values[at % width]!
  const highest = scores.reduce((one, other) => Math.max(one, other))
  const exponentials = scores.map(score => Math.exp(score - highest))
  const total = exponentials.reduce((sum, value) => sum + value, 0)
  for (let at = 0; at < features.length; at++) {
    const passage = Math.floor(at / width)
    gradient[at % width]! += weight * SHARPNESS * (exponentials[passage]! / total - relevance[passage]!) * features[at]!
  }
}

function measure({filled, pools}: Collected, by: RankerWeights): Record<string, number> {
  const reordered = pools.map(pool =>
    [...pool].toSorted((one, other) => linearScore(other.features!, by) - linearScore(one.features!, by)),
  )
  return filled.measure(reordered as unknown as Hit[][])
}

function print(label: string, figures: Record<string, number>): void {
  const text = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(4)}`)
  process.stdout.write(`${label.padEnd(28)} ${text.join('  ')}\n`)
}
