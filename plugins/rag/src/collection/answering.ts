import type {Context} from '@omni-ops/core/operation'
import type {ExtractedAnswer, GeneratedAnswer} from '../answers/answer.ts'
import {type Calibration, calibrate, DEFAULT_THRESHOLD} from '../answers/calibration.ts'
import {extractAnswer} from '../answers/extract-answer.ts'
import {generateAnswer} from '../answers/generate-answer.ts'
import type {PassageFilter} from '../index/metadata-filter.ts'
import type {Passage} from '../index/passage.ts'
import type {Collection} from './collection.ts'
import {findIn} from './findings.ts'

export interface Question {
  readonly text: string
  readonly topK: number
  readonly filter: PassageFilter
  /** Quote even where a model is configured. */
  readonly extract: boolean
  readonly systemPrompt?: string
  readonly model?: string
  readonly temperature?: number
}

/** How many passages an extract is chosen from: more than a reader asks to see costs little and finds more. */
const extractHits = 10
/** A calibration asks about this many passages at most, spread over the collection. */
const calibrationSample = 2000
/** Enough that ten are left without the place a made-up question comes from. */
const calibrationHits = 30

/** Answers from the collection: written by the configured model, or else as an extract. */
export async function answerFrom(
  collection: Collection,
  question: Question,
  context: Context,
): Promise<(ExtractedAnswer | GeneratedAnswer) & {readonly threshold: number}> {
  const threshold = (await collection.catalogue.calibration(collection.name))?.threshold ?? DEFAULT_THRESHOLD
  const model = question.extract ? undefined : await context.llm(question.model)
  const limit = model ? question.topK : Math.max(question.topK, extractHits)
  const options = {limit, filter: question.filter}
  if (model) {
    const {hits} = await collection.index.search(question.text, options)
    const answer = await generateAnswer({
      question: question.text,
      hits,
      model,
      signal: context.signal,
      onText: text => context.emit({type: 'delta', text}),
      ...(question.systemPrompt === undefined ? {} : {systemPrompt: question.systemPrompt}),
      ...(question.temperature === undefined ? {} : {temperature: question.temperature}),
    })
    return {...answer, threshold}
  }
  const {index, analyser} = collection
  const findings = await findIn(index, analyser, question.text, options)
  return extractAnswer({...findings, question: question.text, tokenizer: analyser, threshold})
}

/** Finds the confidence below which this collection's answers are refused; the same documents give the same. */
export async function calibrationOf(collection: Collection, context: Context): Promise<Calibration> {
  const {index, analyser} = collection
  const passages = await sampleOf(index.scan(), await index.count())
  await analyser.prepare(passages.map(passage => passage.language))
  return calibrate({
    passages,
    find: question => findIn(index, analyser, question, {limit: calibrationHits}),
    tokenizer: analyser,
    signal: context.signal,
  })
}

/** Passages by a rule that does not depend on their order: those whose hash comes first. */
async function sampleOf(passages: AsyncIterable<Passage>, total: number): Promise<Passage[]> {
  const share = Math.min(1, calibrationSample / Math.max(1, total))
  const sample: Passage[] = []
  for await (const passage of passages) if (share === 1 || hashShare(passage.id) < share) sample.push(passage)
  return sample
}

/** A string as a number in [0, 1): FNV-1a in 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashShare(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0) / 2 ** 32
}
