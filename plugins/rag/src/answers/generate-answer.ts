import type {FinishReason, LanguageModel, LanguageModelUsage} from '@omni-ops/core/llm'
import type {Hit} from '../index/passage.ts'
import type {Citation, GeneratedAnswer} from './answer.ts'
import type {AnswerText, ClaimedQuote} from './answer-text.ts'
import {AnswerReader, citedNumbers, claimOf, keepMarkers} from './answer-text.ts'
import {cite} from './citation.ts'
import {LinkGuard} from './link-guard.ts'
import {answerPrompt, visible} from './prompt.ts'
import {findQuote} from './quote-match.ts'
import {findSupport} from './support.ts'
import {countClaims, unsupportedSentences} from './unsupported-sentences.ts'

export interface GenerateOptions {
  readonly question: string
  /** Passages to answer from, best first. */
  readonly hits: readonly Hit[]
  readonly model: LanguageModel
  readonly signal?: AbortSignal
  /** Takes the answer's text as it is written, without refusals and quotes. */
  readonly onText?: (text: string) => void
  /** The languages that the question may be in, as the search read it. */
  readonly languages?: readonly string[]
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
 * proved is taken out of the final text. Links that are in no passage are taken out too, from what is streamed as well.
 *
 * @returns `answered: false` where the model finds no answer in the passages, and where nothing that it cites holds; the
 *   model is not asked without any passage.
 * @throws What `LanguageModel.stream` throws.
 */
export async function generateAnswer(options: GenerateOptions): Promise<GeneratedAnswer> {
  const {hits, model} = options
  const base = {kind: 'generated', provider: model.provider, model: model.model} as const
  const nothing = {
    ...base,
    answered: false,
    answer: '',
    citations: [],
    confidence: 0,
    unsupported: [],
    claims: 0,
    withdrawn: false,
    dropped_citations: 0,
    removed_links: 0,
  } as const
  if (hits.length === 0) return {...nothing, truncated: false, usage: {input_tokens: null, output_tokens: null}}
  const {text, reason, usage: counted, guard} = await write(options)
  const usage = {input_tokens: counted.inputTokens, output_tokens: counted.outputTokens}
  const truncated = reason === 'length'
  if (text.refused) return {...nothing, truncated, usage}
  const {citations, dropped} = prove(text, hits)
  const {text: prose, removed} = guard.guard(text.prose)
  if (citations.length === 0) {
    return {...nothing, withdrawn: true, dropped_citations: dropped, removed_links: removed, truncated, usage}
  }
  const proved = new Set(citations.map(({number}) => number))
  return {
    ...base,
    answered: true,
    answer: keepMarkers(prose, proved),
    citations,
    confidence: citations.length / (citations.length + dropped),
    unsupported: unsupportedSentences({prose, proved, hits, languages: options.languages ?? []}),
    claims: countClaims(prose),
    withdrawn: false,
    dropped_citations: dropped,
    removed_links: removed,
    truncated,
    usage,
  }
}

async function write(
  options: GenerateOptions,
): Promise<{text: AnswerText; reason: FinishReason; usage: LanguageModelUsage; guard: LinkGuard}> {
  const {system, user} = answerPrompt(options.question, options.hits, options.systemPrompt)
  const guard = new LinkGuard(options.hits.flatMap(hit => [visible(hit.text), hit.source]))
  const show = (text: string): void => {
    if (text !== '') options.onText?.(text)
  }
  const reader = new AnswerReader(piece => show(guard.add(piece)))
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
  const text = reader.finish()
  show(guard.finish())
  return {text, reason, usage, guard}
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
