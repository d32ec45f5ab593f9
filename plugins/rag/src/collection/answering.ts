import type {Context} from '@omni-ops/core/operation'
import type {ExtractedAnswer, GeneratedAnswer} from '../answers/answer.ts'
import {mayAskDefinition} from '../answers/answer-type.ts'
import {
  type Calibration,
  calibrate,
  DEFAULT_THRESHOLD,
  type PseudoQuestion,
  pseudoQuestions,
} from '../answers/calibration.ts'
import {extractAnswer, type Findings} from '../answers/extract-answer.ts'
import {generateAnswer} from '../answers/generate-answer.ts'
import type {SearchFilter} from '../index/metadata-filter.ts'
import type {Hit, Passage} from '../index/passage.ts'
import type {AnalysedQuery} from '../ranking/query.ts'
import {rerankerFrom} from '../reranking/reranker-from.ts'
import type {Reranker, RerankerName} from '../reranking/reranker.ts'
import type {Collection} from './collection.ts'
import {findIn} from './findings.ts'

export interface Question {
  readonly text: string
  readonly topK: number
  readonly filter: SearchFilter
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
): Promise<GroundedAnswer> {
  return answerFound(collection, question, await findFor(collection, question, 0, context), context)
}

/** What a question finds, in the order of its reranker: as much as an answer needs, and no less than `least` passages. */
export async function findFor(
  collection: Collection,
  question: Question,
  least: number,
  context: Context,
): Promise<Findings> {
  const reranker = await rerankerFrom(question.rerank, context)
  const options = {
    ...(await collection.searchOptions(question.text, {lexical: question.lexical ?? false})),
    limit: Math.max(least, question.topK, extractHits, reranker?.pool ?? 0),
    further: ({languages}: AnalysedQuery) => (mayAskDefinition(question.text, languages) ? definitionHits : 0),
    filter: question.filter,
    explain: reranker !== undefined,
  }
  const findings = await findIn(collection.index, collection.analyser, question.text, options)
  return {...findings, hits: await reranked(reranker, question.text, findings.hits, context)}
}

/** Answers from what was found. */
export async function answerFound(
  {name, catalogue, analyser}: Collection,
  question: Question,
  findings: Findings,
  context: Context,
): Promise<GroundedAnswer> {
  const threshold = (await catalogue.calibration(name))?.threshold ?? DEFAULT_THRESHOLD
  const model = question.extract ? undefined : await context.llm(question.model)
  const hits = findings.hits.slice(0, model ? question.topK : Math.max(question.topK, extractHits))
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
  const answer = extractAnswer({
    ...findings,
    hits,
    further: findings.hits.slice(hits.length),
    question: question.text,
    tokenizer: analyser,
    threshold,
  })
  return {...answer, threshold, hits}
}

/** The hits in the reranker's order, those beyond its pool behind them; in their own order where there is none. */
export async function reranked(
  reranker: Reranker | undefined,
  query: string,
  hits: readonly Hit[],
  {signal}: Pick<Context, 'signal'>,
): Promise<readonly Hit[]> {
  if (!reranker) return hits
  const ordered = await reranker.rerank(query, hits.slice(0, reranker.pool), signal)
  const least = ordered.at(-1)?.score ?? 0
  return [...ordered, ...hits.slice(reranker.pool).map(hit => ({...hit, score: Math.min(hit.score, least)}))]
}

/** The questions that a collection is calibrated with; the same documents give the same. */
export async function calibrationQuestionsOf(collection: Collection): Promise<PseudoQuestion[]> {
  const passages = await samplePassages(collection, calibrationSample, {visible: false})
  await collection.analyser.prepare(passages.map(passage => passage.language))
  return pseudoQuestions(passages, collection.analyser)
}

/**
 * Finds the confidence below which this collection's answers are refused. The questions are searched by words alone: a
 * provider would be paid for them at each ingest.
 */
export function calibrationOf(
  {index, analyser}: Collection,
  questions: readonly PseudoQuestion[],
  {signal}: Context,
): Promise<Calibration> {
  return calibrate({
    questions,
    find: question => findIn(index, analyser, question, {limit: calibrationHits}),
    tokenizer: analyser,
    signal,
  })
}

/**
 * Up to `size` passages by a rule that does not depend on how they came in: those of the documents whose ids, which are
 * hashes, come first; of a document with more than are needed, evenly spread ones.
 *
 * @param options.visible whether only of documents that the caller may see, because they will be shown.
 */
export async function samplePassages(
  collection: Collection,
  size: number,
  options: {readonly visible: boolean},
): Promise<Passage[]> {
  const ids = await collection.catalogue.firstIds(collection.name, size, options)
  const passages: Passage[] = []
  for (let at = 0; at < ids.length && passages.length < size; at += sampledAtOnce) {
    passages.push(...(await collection.admittedOf(ids.slice(at, at + sampledAtOnce))).passages)
  }
  const step = Math.max(1, passages.length / size)
  return Array.from({length: Math.floor(passages.length / step)}, (_, each) => passages[Math.floor(each * step)]!)
}
