/**
 * How good extracts and refusals are: `node test/bench/rag-answers.ts [--language en] [--every 4]`. Prints a table and
 * one line of JSON. The weights in the repository are trained on the same sets; what they give on articles they have
 * not seen is printed by `node tools/train-answers.ts --held-out`.
 */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {Analyser} from '../../plugins/rag/src/analysis/analyser.ts'
import {assess, extractAnswer} from '../../plugins/rag/src/answers/extract-answer.ts'
import {calibrate, pseudoQuestions} from '../../plugins/rag/src/answers/calibration.ts'
import {sentences} from '../../plugins/rag/src/answers/sentences.ts'
import {findIn} from '../../plugins/rag/src/collection/findings.ts'
import type {Hit, Passage} from '../../plugins/rag/src/index/passage.ts'
import {AnswerCollection} from './answer-collection.ts'
import {areaUnderRoc, refusedAt, shareBelow} from './answer-measures.ts'
import type {AnswerSet, SetQuestion} from './answer-sets.ts'
import {containsAnswer, loadXquad, sharedData, XQUAD_LANGUAGES} from './answer-sets.ts'

const {values} = parseArgs({
  options: {language: {type: 'string', multiple: true}, every: {type: 'string', default: '1'}},
})
const every = Number(values.every)
const sets = XQUAD_LANGUAGES.map(loadXquad).filter(set => set !== undefined)
if (sets.length < XQUAD_LANGUAGES.length) {
  process.stdout.write(`Skipped: no XQuAD sets under ${sharedData}; set OMNI_SHARED_DATA.\n`)
  process.exit(0)
}
const analyser = new Analyser()
const scratch = await mkdtemp(join(tmpdir(), 'omni-rag-answers-'))
const rows: Record<string, string | number>[] = []
try {
  const documents = sets.flatMap(set => set.documents)
  const mixed = await AnswerCollection.fill(scratch, 'mixed', documents, analyser)
  for (const set of sets.filter(({language}) => values.language?.includes(language) ?? true)) {
    const own = await AnswerCollection.fill(scratch, set.language, set.documents, analyser)
    rows.push({set: set.language, pool: 'mixed', ...(await measure(set, mixed))})
    rows.push({set: set.language, pool: 'own', ...(await measure(set, own))})
  }
} finally {
  await rm(scratch, {recursive: true, force: true})
}
process.stdout.write(`${formatTable(rows)}\n${JSON.stringify(rows)}\n`)

async function measure(set: AnswerSet, collection: AnswerCollection): Promise<Record<string, number>> {
  const threshold = await thresholdOf(collection)
  const outcomes: Outcome[] = []
  for (const [at, question] of set.questions.entries()) {
    if (at % every === 0) outcomes.push(await outcome(question, collection))
  }
  const share = (count: (one: Outcome) => boolean): number => outcomes.filter(count).length / outcomes.length
  const answerable = outcomes.map(one => one.confidence)
  const unanswerable = outcomes.map(one => one.confidenceElsewhere)
  const figures = {
    top1: share(one => one.top1),
    top3: share(one => one.top3),
    best_with_neighbours: share(one => one.bestWithNeighbours),
    citation_on_gold: share(one => one.citationOnGold),
    quotes: outcomes.reduce((sum, one) => sum + one.quotes, 0) / outcomes.length,
    auroc: areaUnderRoc(answerable, unanswerable),
    'refused@3%': refusedAt(0.03, answerable, unanswerable),
    'refused@5%': refusedAt(0.05, answerable, unanswerable),
    threshold,
    false_refusals: shareBelow(answerable, threshold),
    true_refusals: shareBelow(unanswerable, threshold),
  }
  const rounded = Object.entries(figures).map(([name, value]) => [name, Math.round(value * 1000) / 1000])
  return {questions: outcomes.length, ...Object.fromEntries(rounded)}
}

async function thresholdOf({index}: AnswerCollection): Promise<number> {
  const passages: Passage[] = []
  for await (const passage of index.scan()) passages.push(passage)
  await analyser.prepare(passages.map(({language}) => language))
  const find = (question: string) => findIn(index, analyser, question, {limit: 30})
  return (await calibrate({questions: pseudoQuestions(passages, analyser), find, tokenizer: analyser})).threshold
}

interface Outcome {
  readonly top1: boolean
  readonly top3: boolean
  readonly bestWithNeighbours: boolean
  readonly citationOnGold: boolean
  readonly quotes: number
  readonly confidence: number
  readonly confidenceElsewhere: number
}

async function outcome(question: SetQuestion, collection: AnswerCollection): Promise<Outcome> {
  const findings = await collection.find(question)
  const asked = {question: question.text, tokenizer: analyser}
  const {citations, confidence} = extractAnswer({...findings, ...asked})
  const best = citations[0]
  const hit = findings.hits.find(one => one.id === best?.passage_id)
  return {
    top1: best !== undefined && containsAnswer(best.quote, question.answers),
    top3: citations.some(citation => containsAnswer(citation.quote, question.answers)),
    bestWithNeighbours: best !== undefined && containsAnswer(withNeighbours(hit!, best.start), question.answers),
    citationOnGold: best?.source === question.gold,
    quotes: citations.length,
    confidence,
    confidenceElsewhere: assess({...(await collection.findElsewhere(question)), ...asked}).confidence,
  }
}

/** The sentence which begins at `start` with the ones before and after it. */
function withNeighbours(hit: Hit, start: number): string {
  const units = sentences(hit.text, hit.language)
  const at = units.findIndex(unit => hit.start + unit.start === start)
  return hit.text.slice((units[at - 1] ?? units[at]!).start, (units[at + 1] ?? units[at]!).end)
}

/** Rows of the same columns, right-aligned. */
function formatTable(lines: readonly Record<string, unknown>[]): string {
  const columns = Object.keys(lines[0] ?? {})
  const cells = [columns, ...lines.map(line => columns.map(column => String(line[column])))]
  const widths = columns.map((_, at) => Math.max(...cells.map(line => line[at]!.length)))
  return cells.map(line => line.map((cell, at) => cell.padStart(widths[at]!)).join('  ')).join('\n')
}
