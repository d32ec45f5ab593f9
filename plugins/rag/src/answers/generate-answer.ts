import type {FinishReason, LanguageModel, LanguageModelUsage} from '@omni-ops/core/llm'
import type {Hit} from '../index/passage.ts'
import type {Citation, GeneratedAnswer} from './answer.ts'
import type {AnswerText, ClaimedQuote} from './answer-text.ts'
import {AnswerReader, citedNumbers, claimOf, keepMarkers} from './answer-text.ts'
import {cite} from './citation.ts'
import {answerPrompt} from './prompt.ts'
import {findQuote} from './quote-match.ts'
import {findSupport} from './support.ts'

export interface GenerateOptions {
  readonly question: string
  /** Passages to answer from, best first. */
  readonly hits: readonly Hit[]
  readonly model: LanguageModel
  readonly signal?: AbortSignal
  /** Takes the answer's text as it is written, without refusals and quotes. */
  readonly onText?: (text: string) => void
  /** Instructions of the operator, which come after those of the product. */
  readonly systemPrompt?: string
  readonly temperature?: number
  readonly maxTokens?: number
}

/** Room for an answer, its quotes, and the thoughts of models that think. */
const MAX_TOKENS = 4000

/**
 * Lets a model answer from passages and proves what it cites: a citation stays only if its quote stands in the passage
 * it names, word for word, and is then the passage's own text; others are dropped and counted. A mark for which the
 * model gives no quote stays if a sentence of the passage says the same. A mark in the answer whose passage is not
 * proved is taken out of the final text.
 *
 * @returns `answered: false` where the model finds no answer in the passages; the model is not asked without any.
 * @throws What `LanguageModel.stream` throws.
 */
export async function generateAnswer(options: GenerateOptions): Promise<GeneratedAnswer> {
  const {hits, model} = options
  const base = {kind: 'generated', provider: model.provider, model: model.model} as const
  const nothing = {...base, answered: false, answer: '', citations: [], confidence: 0, dropped_citations: 0} as const
  if (hits.length === 0) return {...nothing, truncated: false, usage: {input_tokens: null, output_tokens: null}}
  const {text, reason, usage: counted} = await write(options)
  const usage = {input_tokens: counted.inputTokens, output_tokens: counted.outputTokens}
  const truncated = reason === 'length'
  if (text.refused) return {...nothing, truncated, usage}
  const {citations, dropped} = prove(text, hits)
  const cited = citations.length + dropped
  return {
    ...base,
    answered: true,
    answer: keepMarkers(text.prose, new Set(citations.map(({number}) => number!))),
    citations,
    confidence: cited === 0 ? 0 : citations.length / cited,
    dropped_citations: dropped,
    truncated,
    usage,
  }
}

async function write(
  options: GenerateOptions,
): Promise<{text: AnswerText; reason: FinishReason; usage: LanguageModelUsage}> {
  const {system, user} = answerPrompt(options.question, options.hits, options.systemPrompt)
  const reader = new AnswerReader(options.onText ?? (() => undefined))
  let reason: FinishReason = 'stop'
  let usage: LanguageModelUsage = {inputTokens: null, outputTokens: null}
  const events = options.model.stream({
    system,
    messages: [{role: 'user', content: user}],
    maxTokens: options.maxTokens ?? MAX_TOKENS,
    ...(options.temperature === undefined ? {} : {temperature: options.temperature}),
    ...(options.signal === undefined ? {} : {signal: options.signal}),
  })
  for await (const event of events) {
    if (event.type === 'text') reader.add(event.text)
    else ({reason, usage} = event)
  }
  return {text: reader.finish(), reason, usage}
}

/** A citation of a passage by its number in the prompt. */
type NumberedCitation = Citation & {readonly number: number}

/** The citations that hold, in the order of the answer's marks, and the number of those that do not. */
function prove(text: AnswerText, hits: readonly Hit[]): {citations: NumberedCitation[]; dropped: number} {
  const marked = citedNumbers(text.prose)
  const quoted = new Set(text.quotes.map(claim => claim.number))
  const found = [
    ...text.quotes.map(claim => quoteCitation(claim, hits)),
    ...marked.filter(number => !quoted.has(number)).map(number => supportCitation(number, text.prose, hits)),
  ]
  const order = ({number}: NumberedCitation): number =>
    marked.includes(number) ? marked.indexOf(number) : marked.length
  const places = new Set<string>()
  const citations = found
    .filter(citation => citation !== undefined)
    .filter(({passage_id: id, start, end}) => {
      const place = `${id} ${start} ${end}`
      if (places.has(place)) return false
      places.add(place)
      return true
    })
    .toSorted((left, right) => order(left) - order(right))
  return {citations, dropped: found.filter(citation => citation === undefined).length}
}

function quoteCitation({number, quote}: ClaimedQuote, hits: readonly Hit[]): NumberedCitation | undefined {
  const hit = hits[number - 1]
  const span = hit && findQuote(hit.text, quote)
  return hit && span ? {...cite(hit, span.start, span.end, hit.score), number} : undefined
}

/** For a mark without a quote, as small models write them: the sentence of the passage that says what the answer says. */
function supportCitation(number: number, prose: string, hits: readonly Hit[]): NumberedCitation | undefined {
  const hit = hits[number - 1]
  const span = hit && findSupport(hit.text, hit.language, claimOf(prose, number))
  return hit && span ? {...cite(hit, span.start, span.end, hit.score), number} : undefined
}
