/**
 * How good extracts and refusals are: `node test/bench/rag-answers.ts [--language en]`. Prints a table and one line of
 * JSON. The weights in the repository are trained on the same sets; `tools/train-answers.ts --held-out` prints what
 * they give on articles they have not seen.
 */
import {parseArgs} from 'node:util'
import {Analyser} from '../../plugins/rag/src/analysis/analyser.ts'
import {assess, extractAnswer} from '../../plugins/rag/src/answers/extract-answer.ts'
import {sentences} from '../../plugins/rag/src/answers/sentences.ts'
import type {Hit} from '../../plugins/rag/src/index/passage.ts'
import type {AnswerSet, SetQuestion} from './answer-sets.ts'
import {containsAnswer, loadXquad, sharedData, XQUAD_LANGUAGES} from './answer-sets.ts'
import {MemoryIndex} from './memory-index.ts'

const {values} = parseArgs({options: {language: {type: 'string', multiple: true}}})
const sets = XQUAD_LANGUAGES.map(loadXquad).filter(set => set !== undefined)
if (sets.length < XQUAD_LANGUAGES.length) {
  process.stdout.write(`Skipped: no XQuAD sets under ${sharedData}; set OMNI_SHARED_DATA.\n`)
  process.exit(0)
}
const analyser = new Analyser()
await analyser.prepare(XQUAD_LANGUAGES)
const mixed = new MemoryIndex(
  sets.flatMap(set => set.documents),
  analyser,
)
const rows = sets
  .filter(set => values.language?.includes(set.language) ?? true)
  .flatMap(set => [
    {set: set.language, pool: 'mixed', ...measure(set, mixed)},
    {set: set.language, pool: 'own', ...measure(set, new MemoryIndex(set.documents, analyser))},
  ])
process.stdout.write(`${formatTable(rows)}\n`)
process.stdout.write(`${JSON.stringify(rows)}\n`)

function measure(set: AnswerSet, index: MemoryIndex): Record<string, number> {
  const outcomes = set.questions.map(question => outcome(question, index))
  const share = (count: (one: ReturnType<typeof outcome>) => boolean): number =>
    round(outcomes.filter(count).length / outcomes.length)
  const answerable = outcomes.map(one => one.confidence).toSorted((left, right) => left - right)
  const unanswerable = outcomes.map(one => one.confidenceWithout)
  const refusedAt = (falseRefusals: number): number => {
    const threshold = answerable[Math.floor(falseRefusals * answerable.length)]!
    return round(unanswerable.filter(confidence => confidence < threshold).length / unanswerable.length)
  }
  return {
    questions: outcomes.length,
    top1: share(one => one.top1),
    top3: share(one => one.top3),
    best_with_neighbours: share(one => one.bestWithNeighbours),
    citation_on_gold: share(one => one.citationOnGold),
    auroc: round(areaUnderRoc(answerable, unanswerable)),
    'refused@3%': refusedAt(0.03),
    'refused@5%': refusedAt(0.05),
  }
}

function outcome(question: SetQuestion, index: MemoryIndex) {
  const hits = index.search(question.text)
  const options = {question: question.text, languages: index.languages, tokenizer: analyser, statistics: index}
  const {citations, confidence} = extractAnswer({...options, hits})
  const without = index.search(question.text, 10, document => document.group !== question.group)
  const best = citations[0]
  const hit = hits.find(one => one.id === best?.passage_id)
  return {
    top1: best !== undefined && containsAnswer(best.quote, question.answers),
    top3: citations.some(citation => containsAnswer(citation.quote, question.answers)),
    bestWithNeighbours: best !== undefined && containsAnswer(withNeighbours(hit!, best.start), question.answers),
    citationOnGold: best?.passage_id === question.gold,
    confidence,
    confidenceWithout: assess({...options, hits: without}).confidence,
  }
}

/** Rows of the same columns, right-aligned. */
function formatTable(lines: readonly Record<string, unknown>[]): string {
  const columns = Object.keys(lines[0] ?? {})
  const cells = [columns, ...lines.map(line => columns.map(column => String(line[column])))]
  const widths = columns.map((_, at) => Math.max(...cells.map(line => line[at]!.length)))
  return cells.map(line => line.map((cell, at) => cell.padStart(widths[at]!)).join('  ')).join('\n')
}

/** The sentence which begins at `start` with the ones before and after it. */
function withNeighbours(hit: Hit, start: number): string {
  const units = sentences(hit.text, hit.language)
  const at = units.findIndex(unit => hit.start + unit.start === start)
  return hit.text.slice((units[at - 1] ?? units[at]!).start, (units[at + 1] ?? units[at]!).end)
}

/** Mann–Whitney: the chance that an answerable question has the higher confidence; ties count half. */
function areaUnderRoc(positives: readonly number[], negatives: readonly number[]): number {
  let wins = 0
  for (const positive of positives) {
    for (const negative of negatives) wins += positive > negative ? 1 : positive === negative ? 0.5 : 0
  }
  return wins / (positives.length * negatives.length)
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
