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
/** And so many more are looked through for a definition, where one is asked for. */
const definitionHits = 30
/** A calibration asks a hundred questions; they are made up from so many passages, spread over the collection. */
const calibrationSample = 400
/** Documents read together for the sample. */
const sampledAtOnce = 50
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
  const {hits, ...findings} = await findIn(index, analyser, question.text, {...options, limit: limit + definitionHits})
  return extractAnswer({
    ...findings,
    hits: hits.slice(0, limit),
    further: hits.slice(limit),
    question: question.text,
    tokenizer: analyser,
    threshold,
  })
}

/** Finds the confidence below which this collection's answers are refused; the same documents give the same. */
export async function calibrationOf(collection: Collection, context: Context): Promise<Calibration> {
  const {index, analyser} = collection
  const passages = await sampleOf(collection)
  await analyser.prepare(passages.map(passage => passage.language))
  return calibrate({
    passages,
    find: question => findIn(index, analyser, question, {limit: calibrationHits}),
    tokenizer: analyser,
    signal: context.signal,
  })
}

/**
 * Passages by a rule that does not depend on how they came in: those of the documents whose ids, which are hashes, come
 * first; of a document with more than are needed, evenly spread ones.
 */
async function sampleOf(collection: Collection): Promise<Passage[]> {
  const ids = await collection.catalogue.firstIds(collection.name, calibrationSample)
  const passages: Passage[] = []
  for (let at = 0; at < ids.length && passages.length < calibrationSample; at += sampledAtOnce) {
    passages.push(...(await collection.index.ofDocuments(ids.slice(at, at + sampledAtOnce))))
  }
  const step = Math.max(1, passages.length / calibrationSample)
  return Array.from({length: Math.floor(passages.length / step)}, (_, each) => passages[Math.floor(each * step)]!)
}
