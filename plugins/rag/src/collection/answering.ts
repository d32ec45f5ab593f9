import type {Context} from '@omni-ops/core/operation'
import type {ExtractedAnswer, GeneratedAnswer} from '../answers/answer.ts'
import {type Calibration, calibrate, DEFAULT_THRESHOLD} from '../answers/calibration.ts'
import {extractAnswer} from '../answers/extract-answer.ts'
import {generateAnswer} from '../answers/generate-answer.ts'
import type {PassageFilter} from '../index/metadata-filter.ts'
import type {Hit, Passage} from '../index/passage.ts'
import {rerankerFrom} from '../reranking/reranker-from.ts'
import type {Reranker, RerankerName} from '../reranking/reranker.ts'
import type {Collection} from './collection.ts'
import {findIn} from './findings.ts'

export interface Question {
  readonly text: string
  readonly topK: number
  readonly filter: PassageFilter
  /** Quote even where a model is configured. */
  readonly extract: boolean
  /** Search by words alone even where the collection has vectors. */
  readonly lexical?: boolean
  readonly systemPrompt?: string
  readonly model?: string
  readonly temperature?: number
  readonly rerank?: RerankerName | undefined
}

/** An answer with what it was made from. */
export type GroundedAnswer = (ExtractedAnswer | GeneratedAnswer) & {
  readonly threshold: number
  readonly hits: readonly Hit[]
}

/** How many passages an extract is chosen from: more than a reader asks to see costs little and finds more. */
const extractHits = 10
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
): Promise<GroundedAnswer> {
  const threshold = (await collection.catalogue.calibration(collection.name))?.threshold ?? DEFAULT_THRESHOLD
  const model = question.extract ? undefined : await context.llm(question.model)
  const limit = model ? question.topK : Math.max(question.topK, extractHits)
  const {index, analyser} = collection
  const reranker = await rerankerFrom(question.rerank, context)
  const options = {
    ...(await collection.searchOptions(question.text, {lexical: question.lexical ?? false})),
    limit: Math.max(limit, reranker?.pool ?? 0),
    filter: question.filter,
    explain: reranker !== undefined,
  }
  const findings = await findIn(index, analyser, question.text, options)
  const hits = await reranked(reranker, question.text, findings.hits, limit, context)
  if (model) {
    const answer = await generateAnswer({
      question: question.text,
      hits,
      languages: findings.languages,
      model,
      signal: context.signal,
      onText: text => context.emit({type: 'delta', text}),
      ...(question.systemPrompt === undefined ? {} : {systemPrompt: question.systemPrompt}),
      ...(question.temperature === undefined ? {} : {temperature: question.temperature}),
    })
    return {...answer, threshold, hits}
  }
  const answer = extractAnswer({...findings, hits, question: question.text, tokenizer: analyser, threshold})
  return {...answer, threshold, hits}
}

/** The first `limit` of the hits in the reranker's order, or in their own where there is none. */
export async function reranked(
  reranker: Reranker | undefined,
  query: string,
  hits: readonly Hit[],
  limit: number,
  {signal}: Pick<Context, 'signal'>,
): Promise<readonly Hit[]> {
  const ordered = reranker ? await reranker.rerank(query, hits.slice(0, reranker.pool), signal) : hits
  return ordered.slice(0, limit)
}

/**
 * Finds the confidence below which this collection's answers are refused; the same documents give the same. Its hundred
 * questions are searched by words alone: a provider would be paid for them at each ingest.
 */
export async function calibrationOf(collection: Collection, context: Context): Promise<Calibration> {
  const {index, analyser} = collection
  const passages = await samplePassages(collection, calibrationSample)
  await analyser.prepare(passages.map(passage => passage.language))
  return calibrate({
    passages,
    find: question => findIn(index, analyser, question, {limit: calibrationHits}),
    tokenizer: analyser,
    signal: context.signal,
  })
}

/**
 * Up to `size` passages by a rule that does not depend on how they came in: those of the documents whose ids, which are
 * hashes, come first; of a document with more than are needed, evenly spread ones.
 */
export async function samplePassages(collection: Collection, size: number): Promise<Passage[]> {
  const ids = await collection.catalogue.firstIds(collection.name, size)
  const passages: Passage[] = []
  for (let at = 0; at < ids.length && passages.length < size; at += sampledAtOnce) {
    passages.push(...(await collection.index.ofDocuments(ids.slice(at, at + sampledAtOnce))))
  }
  const step = Math.max(1, passages.length / size)
  return Array.from({length: Math.floor(passages.length / step)}, (_, each) => passages[Math.floor(each * step)]!)
}
