/**
 * Trains the weights of plugins/rag/src/answers/sentence.weights.json on XQuAD in the shared data:
 * `node tools/train-answers.ts` prints what each half of the articles gives on the other half, then trains on all and
 * writes the file. Deterministic: the same data gives the same file.
 */
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Analyser} from '../plugins/rag/src/analysis/analyser.ts'
import {CONFIDENCE_FEATURES, confidenceFeatures} from '../plugins/rag/src/answers/confidence.ts'
import {analyseQuestion} from '../plugins/rag/src/answers/question.ts'
import type {Candidate} from '../plugins/rag/src/answers/sentence-features.ts'
import {candidates, SENTENCE_FEATURES} from '../plugins/rag/src/answers/sentence-features.ts'
import {rankSentences} from '../plugins/rag/src/answers/sentence-ranker.ts'
import type {AnswerSet, SetQuestion} from '../test/bench/answer-sets.ts'
import {containsAnswer, loadXquad, sharedData, XQUAD_LANGUAGES} from '../test/bench/answer-sets.ts'
import {MemoryIndex} from '../test/bench/memory-index.ts'

const WEIGHTS = join(import.meta.dirname, '../plugins/rag/src/answers/sentence.weights.json')
const SENTENCE_DECAY = 1e-3
const CONFIDENCE_DECAY = 1e-4

/** A question with its candidates, and which of them hold the answer. */
interface Listing {
  readonly question: SetQuestion
  readonly features: readonly (readonly number[])[]
  readonly holds: readonly boolean[]
}

interface Labelled {
  readonly features: readonly number[]
  readonly answerable: boolean
}

type Model = Record<string, number>

const sets = XQUAD_LANGUAGES.map(loadXquad).filter(set => set !== undefined)
if (sets.length < XQUAD_LANGUAGES.length) {
  process.stderr.write(
    `No XQuAD sets under ${sharedData}; set OMNI_SHARED_DATA to the folder which has rag/xquad-en.\n`,
  )
  process.exit(9)
}
const analyser = new Analyser()
await analyser.prepare(XQUAD_LANGUAGES)

const mixed = new MemoryIndex(
  sets.flatMap(set => set.documents),
  analyser,
)
const collections = sets.flatMap(set => [
  {set, index: mixed},
  {set, index: new MemoryIndex(set.documents, analyser)},
])

const listings = collections.flatMap(({set, index}) => set.questions.map(question => listing(question, index)))
const sentence = fitSentences(listings)
const labelled = collections.flatMap(({set, index}) => labelledQuestions(set, index, sentence))
const confidence = fitConfidence(labelled)
writeFileSync(WEIGHTS, `${JSON.stringify({sentence, confidence}, null, 2)}\n`)
process.stdout.write(`${JSON.stringify({sentence, confidence}, null, 2)}\n`)

function listing(question: SetQuestion, index: MemoryIndex): Listing {
  const asked = analyseQuestion(question.text, index.languages, analyser, index)
  const found = candidates(asked, index.search(question.text), analyser)
  return {
    question,
    features: found.map(candidate => candidate.features),
    holds: found.map(
      candidate => candidate.hit.id === question.gold && containsAnswer(quoteOf(candidate), question.answers),
    ),
  }
}

function quoteOf({hit, sentence: {start, end}}: Candidate): string {
  return hit.text.slice(start, end)
}

/**
 * Each question on its collection; on the collection without any text of its article; and every fourth on a collection
 * in another language, where words are known by chance only.
 */
function labelledQuestions(set: AnswerSet, index: MemoryIndex, model: Model): Labelled[] {
  const foreign = collections.find(other => other.index.languages.length === 1 && other.set !== set)!.index
  return set.questions.flatMap((question, at) => [
    ...label(question, index, model, true),
    ...label(question, index, model, false),
    ...(at % 4 === 0 ? label(question, foreign, model, false) : []),
  ])
}

function label(question: SetQuestion, index: MemoryIndex, model: Model, answerable: boolean): Labelled[] {
  const asked = analyseQuestion(question.text, index.languages, analyser, index)
  const hits = index.search(question.text, 10, document => answerable || document.group !== question.group)
  const found = candidates(asked, hits, analyser)
  const best = rankSentences(found, model)[0]
  return best ? [{features: confidenceFeatures(asked, found, best), answerable}] : []
}

/** Listwise: maximises the probability that the softmax gives to the sentences which hold the answer. */
function fitSentences(rows: readonly Listing[]): Model {
  const usable = rows.filter(row => row.holds.includes(true))
  const weights = minimise(SENTENCE_FEATURES.length, SENTENCE_DECAY, 300, (current, gradient) => {
    for (const row of usable) addListwiseGradient(row, current, gradient, 1 / usable.length)
  })
  return named(SENTENCE_FEATURES, weights)
}

function addListwiseGradient(row: Listing, weights: Float64Array, gradient: Float64Array, share: number): void {
  const scores = row.features.map(features => dot(features, weights))
  const highest = Math.max(...scores)
  const masses = scores.map(score => Math.exp(score - highest))
  const total = sum(masses)
  const held = sum(masses.filter((_, at) => row.holds[at]))
  row.features.forEach((features, at) => {
    const difference = masses[at]! / total - (row.holds[at] ? masses[at]! / held : 0)
    addScaled(gradient, features, difference * share)
  })
}

/** Logistic regression; answerable and unanswerable questions come in equal numbers. */
function fitConfidence(rows: readonly Labelled[]): Model {
  const names = [...CONFIDENCE_FEATURES, 'bias']
  const weights = minimise(names.length, CONFIDENCE_DECAY, 600, (current, gradient) => {
    for (const row of rows) {
      const features = [...row.features, 1]
      const probability = 1 / (1 + Math.exp(-dot(features, current)))
      addScaled(gradient, features, (probability - (row.answerable ? 1 : 0)) / rows.length)
    }
  })
  return named(names, weights)
}

/** Adam (Kingma and Ba 2015) with the whole set as one batch and L2 decay; starts at zero, so that runs agree. */
function minimise(
  size: number,
  decay: number,
  steps: number,
  addGradient: (weights: Float64Array, gradient: Float64Array) => void,
): Float64Array {
  const rate = 0.1
  const weights = new Float64Array(size)
  const first = new Float64Array(size)
  const second = new Float64Array(size)
  for (let step = 1; step <= steps; step += 1) {
    const gradient = weights.map(weight => decay * weight)
    addGradient(weights, gradient)
    for (let at = 0; at < size; at += 1) {
      first[at] = 0.9 * first[at]! + 0.1 * gradient[at]!
      second[at] = 0.999 * second[at]! + 0.001 * gradient[at]! ** 2
      const mean = first[at]! / (1 - 0.9 ** step)
      const deviation = Math.sqrt(second[at]! / (1 - 0.999 ** step))
      weights[at]! -= (rate * mean) / (deviation + 1e-8)
    }
  }
  return weights
}

function named(names: readonly string[], values: Float64Array): Model {
  return Object.fromEntries(names.map((name, at) => [name, Number(values[at]!.toFixed(3))]))
}

function dot(left: readonly number[], right: Float64Array): number {
  return left.reduce((total, value, at) => total + value * right[at]!, 0)
}

function addScaled(to: Float64Array, values: readonly number[], factor: number): void {
  values.forEach((value, at) => {
    to[at]! += value * factor
  })
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
