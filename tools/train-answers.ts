/**
 * Trains the weights of plugins/rag/src/answers/sentence.weights.json on XQuAD in the shared data.
 * `node tools/train-answers.ts` prints what each half of the articles gives on the other half, then trains on all and
 * writes the file; with `--held-out` it stops before that. Deterministic: the same index and data give the same file.
 */
import {writeFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {Analyser} from '../plugins/rag/src/analysis/analyser.ts'
import {CONFIDENCE_FEATURES, confidenceFeatures, confidenceOf} from '../plugins/rag/src/answers/confidence.ts'
import type {Findings} from '../plugins/rag/src/answers/extract-answer.ts'
import type {AnalysedQuestion} from '../plugins/rag/src/answers/question.ts'
import {analyseQuestion} from '../plugins/rag/src/answers/question.ts'
import type {Candidate} from '../plugins/rag/src/answers/sentence-features.ts'
import {candidates, SENTENCE_FEATURES} from '../plugins/rag/src/answers/sentence-features.ts'
import {rankSentences} from '../plugins/rag/src/answers/sentence-ranker.ts'
import {AnswerCollection} from '../test/bench/answer-collection.ts'
import {areaUnderRoc, refusedAt} from '../test/bench/answer-measures.ts'
import type {SetQuestion} from '../test/bench/answer-sets.ts'
import {containsAnswer, loadXquad, sharedData, XQUAD_LANGUAGES} from '../test/bench/answer-sets.ts'

const WEIGHTS = join(import.meta.dirname, '../plugins/rag/src/answers/sentence.weights.json')
/**
 * What the sets cannot teach, since their paragraphs have no headings, lists or code: weights decay towards these, the
 * others towards 0. A heading tells as much as the sentence before; what announces an answer is not the answer;
 * a command answers how to do something; who asks what a word means wants its definition, not where it is used.
 */
const PRIORS: Model = {coverage_heading: 2.5, is_lead_in: -3, offers_procedure: 1, defines: 4}
const SENTENCE_DECAY = 1e-3
const CONFIDENCE_DECAY = 1e-4
/** Every so many questions are also asked where they are not answered, and of a collection in another language. */
const ELSEWHERE_EVERY = 4
const FOREIGN_EVERY = 8

/** A question with the sentences found for it. */
interface Row {
  readonly collection: string
  readonly question: SetQuestion
  readonly asked: AnalysedQuestion
  readonly candidates: readonly Candidate[]
  /** Which of the candidates hold the answer; none where the question is asked elsewhere. */
  readonly holds: readonly boolean[]
  readonly answerable: boolean
}

interface Labelled {
  readonly features: readonly number[]
  readonly answerable: boolean
}

type Model = Record<string, number>

const {values} = parseArgs({options: {'held-out': {type: 'boolean', default: false}}})
const sets = XQUAD_LANGUAGES.map(loadXquad).filter(set => set !== undefined)
if (sets.length < XQUAD_LANGUAGES.length) {
  process.stderr.write(
    `No XQuAD sets under ${sharedData}; set OMNI_SHARED_DATA to the folder which has rag/xquad-en.\n`,
  )
  process.exit(9)
}
const analyser = new Analyser()
const scratch = await mkdtemp(join(tmpdir(), 'omni-train-answers-'))
try {
  const rows = await ask()
  reportHeldOut(rows)
  if (!values['held-out']) writeFileSync(WEIGHTS, `${JSON.stringify(fit(rows), null, 2)}\n`)
} finally {
  await rm(scratch, {recursive: true, force: true})
}

/** Asks every question of its own language's collection and of the one with all languages. */
async function ask(): Promise<Row[]> {
  const documents = sets.flatMap(set => set.documents)
  const mixed = await AnswerCollection.fill(scratch, 'mixed', documents, analyser)
  const own = await Promise.all(sets.map(set => AnswerCollection.fill(scratch, set.language, set.documents, analyser)))
  const rows: Row[] = []
  for (const [at, {questions, language}] of sets.entries()) {
    const foreign = own[(at + 1) % own.length]!
    for (const [number, question] of questions.entries()) {
      for (const [name, collection] of [
        [`${language} mixed`, mixed],
        [`${language} own`, own[at]!],
      ] as const) {
        rows.push(rowOf(name, question, await collection.find(question), true))
        if (number % ELSEWHERE_EVERY === 0) {
          rows.push(rowOf(name, question, await collection.findElsewhere(question), false))
        }
      }
      if (number % FOREIGN_EVERY === 0) {
        rows.push(rowOf(`${language} foreign`, question, await foreign.find(question), false))
      }
    }
  }
  return rows
}

function rowOf(collection: string, question: SetQuestion, findings: Findings, answerable: boolean): Row {
  const asked = analyseQuestion(question.text, findings.languages, analyser, findings.statistics)
  const found = candidates(asked, findings.hits, analyser)
  const holds = found.map(
    ({hit, sentence: {start, end}}) =>
      answerable && hit.documentId === question.gold && containsAnswer(hit.text.slice(start, end), question.answers),
  )
  return {collection, question, asked, candidates: found, holds, answerable}
}

function fit(rows: readonly Row[]): {sentence: Model; confidence: Model} {
  const sentence = fitSentences(rows)
  const labelled = rows.flatMap(row => {
    const features = confidenceFeaturesOf(row, sentence)
    return features ? [{features, answerable: row.answerable}] : []
  })
  return {sentence, confidence: fitConfidence(labelled)}
}

function confidenceFeaturesOf(row: Row, sentence: Model): number[] | undefined {
  const best = rankSentences(row.candidates, sentence)[0]
  return best && confidenceFeatures(row.asked, row.candidates, best)
}

/** Each half of the articles is measured with weights that the other half trained. */
function reportHeldOut(rows: readonly Row[]): void {
  const measured = [0, 1].flatMap(half => {
    const model = fit(rows.filter(row => row.question.group % 2 !== half))
    return rows.filter(row => row.question.group % 2 === half).map(row => ({row, ...outcomeOf(row, model)}))
  })
  for (const name of new Set(rows.map(row => row.collection))) {
    const here = measured.filter(({row}) => row.collection === name)
    const answerable = here.filter(({row}) => row.answerable)
    const confidences = answerable.map(one => one.confidence)
    const without = here.filter(({row}) => !row.answerable).map(one => one.confidence)
    const share = (hit: (one: (typeof here)[number]) => boolean): string =>
      (answerable.filter(hit).length / answerable.length).toFixed(3)
    process.stdout.write(
      answerable.length === 0
        ? `${name}: median confidence ${without.toSorted((left, right) => left - right)[without.length >> 1]!.toFixed(3)}\n`
        : `${name}: top1 ${share(one => one.top1)} top3 ${share(one => one.top3)} gold ${share(one => one.onGold)} ` +
            `auroc ${areaUnderRoc(confidences, without).toFixed(3)} refused@3% ${refusedAt(0.03, confidences, without).toFixed(3)}\n`,
    )
  }
}

function outcomeOf(row: Row, {sentence, confidence}: {sentence: Model; confidence: Model}) {
  const ranked = rankSentences(row.candidates, sentence)
  const holds = ranked.slice(0, 3).map(one => row.holds[row.candidates.findIndex(each => isSame(each, one))]!)
  const features = confidenceFeaturesOf(row, sentence)
  return {
    top1: holds[0] ?? false,
    top3: holds.includes(true),
    onGold: ranked[0]?.hit.documentId === row.question.gold,
    confidence: features ? confidenceOf(features, confidence) : 0,
  }
}

function isSame(left: Candidate, right: Candidate): boolean {
  return left.hit === right.hit && left.sentence === right.sentence
}

/** Listwise: maximises the probability that the softmax gives to the sentences which hold the answer. */
function fitSentences(rows: readonly Row[]): Model {
  const usable = rows.filter(row => row.holds.includes(true))
  const weights = minimise(SENTENCE_FEATURES, SENTENCE_DECAY, 300, (current, gradient) => {
    for (const row of usable) addListwiseGradient(row, current, gradient, 1 / usable.length)
  })
  return named(SENTENCE_FEATURES, weights)
}

function addListwiseGradient(row: Row, weights: Float64Array, gradient: Float64Array, share: number): void {
  const scores = row.candidates.map(({features}) => dot(features, weights))
  const highest = Math.max(...scores)
  const masses = scores.map(score => Math.exp(score - highest))
  const total = sum(masses)
  const held = sum(masses.filter((_, at) => row.holds[at]))
  row.candidates.forEach(({features}, at) => {
    const difference = masses[at]! / total - (row.holds[at] ? masses[at]! / held : 0)
    addScaled(gradient, features, difference * share)
  })
}

/**
 * Logistic regression, with the intercept corrected to as many answerable as unanswerable questions, whatever the
 * sample has (G. King, L. Zeng, "Logistic Regression in Rare Events Data", Political Analysis 9, 2001).
 */
function fitConfidence(rows: readonly Labelled[]): Model {
  const names = [...CONFIDENCE_FEATURES, 'bias']
  const weights = minimise(names, CONFIDENCE_DECAY, 600, (current, gradient) => {
    for (const row of rows) {
      const features = [...row.features, 1]
      const probability = 1 / (1 + Math.exp(-dot(features, current)))
      addScaled(gradient, features, (probability - (row.answerable ? 1 : 0)) / rows.length)
    }
  })
  const answerable = rows.filter(row => row.answerable).length
  weights[names.length - 1]! -= Math.log(answerable / (rows.length - answerable))
  return named(names, weights)
}

/** Adam (Kingma and Ba 2015) with the whole set as one batch and L2 decay; starts at the priors, so that runs agree. */
function minimise(
  names: readonly string[],
  decay: number,
  steps: number,
  addGradient: (weights: Float64Array, gradient: Float64Array) => void,
): Float64Array {
  const rate = 0.1
  const priors = Float64Array.from(names, name => PRIORS[name] ?? 0)
  const weights = Float64Array.from(priors)
  const first = new Float64Array(names.length)
  const second = new Float64Array(names.length)
  for (let step = 1; step <= steps; step += 1) {
    const gradient = weights.map((weight, at) => decay * (weight - priors[at]!))
    addGradient(weights, gradient)
    for (let at = 0; at < names.length; at += 1) {
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
