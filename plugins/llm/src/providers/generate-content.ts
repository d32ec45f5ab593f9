import type {GenerateContentResponse, GenerateContentResponseUsageMetadata, GoogleGenAI, Part} from '@google/genai'
import type {CompletionEvent, CompletionUsage, CompletionWarning, FinishReason} from '../model/completion-event.ts'
import type {CompletionRequest} from '../model/completion-request.ts'
import {type ContentDialect, contentRequest} from './generate-content-request.ts'
import {type Exchange, exchangeFetch} from './exchange.ts'
import {blockedByFilter, brokenAnswer, failureInside} from './failure-classification.ts'
import {OpenBlocks} from './open-blocks.ts'
import {cleanedEvents} from './server-sent-events.ts'

/**
 * Asks a model of Google's for content, whole or as a stream (https://ai.google.dev/api/generate-content,
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference).
 *
 * @param headers With the key or access token; the SDK's own are not sent.
 */
export async function* generateContent(
  {models}: GoogleGenAI,
  model: string,
  request: CompletionRequest,
  dialect: ContentDialect,
  headers: Readonly<Record<string, string>>,
  exchange: Exchange,
): AsyncGenerator<CompletionEvent> {
  const {body, warnings} = contentRequest(model, request, dialect)
  const config = {
    ...body.config,
    abortSignal: exchange.signal,
    httpOptions: {fetch: contentFetch(headers, exchange)},
  }
  const answer = new ContentAnswer(warnings, dialect, exchange)
  if (exchange.call.stream) {
    for await (const piece of await models.generateContentStream({...body, config})) yield* answer.piece(piece)
  } else {
    yield* answer.piece(await models.generateContent({...body, config}))
  }
  yield* answer.end()
}

function contentFetch(headers: Readonly<Record<string, string>>, exchange: Exchange): typeof fetch {
  const send = exchangeFetch(exchange, headers)
  return async (input, init) => {
    const response = await send(input, init)
    if (!exchange.call.stream || !response.body) return response
    const events = cleanedEvents(response.body, exchange.alive, data => refuseError(data, exchange))
    return new Response(events, {status: response.status, headers: {'content-type': 'text/event-stream'}})
  }
}

/** An error that came with HTTP 200. */
function refuseError(data: unknown, exchange: Exchange): void {
  const entry: unknown = Array.isArray(data) ? data[0] : data
  if (typeof entry !== 'object' || entry === null || !('error' in entry)) return
  exchange.failure = failureInside(entry, exchange.source)
  throw exchange.failure
}

/** One answer, which comes as pieces of the same shape whether it is streamed or whole. */
class ContentAnswer {
  readonly #warnings: readonly CompletionWarning[]
  readonly #exchange: Exchange
  readonly #provider: ContentDialect['provider']
  readonly #blocks: OpenBlocks
  #isStarted = false
  #reason: string | undefined
  #usage: GenerateContentResponseUsageMetadata | undefined
  /** Of the text, which Gemini 3 signs in its last part. */
  #signature: string | undefined

  constructor(warnings: readonly CompletionWarning[], dialect: ContentDialect, exchange: Exchange) {
    this.#warnings = warnings
    this.#exchange = exchange
    this.#provider = dialect.provider
    this.#blocks = new OpenBlocks(dialect.newId)
  }

  *piece(piece: GenerateContentResponse): Generator<CompletionEvent> {
    const blocked = piece.promptFeedback?.blockReason
    if (blocked && !piece.candidates?.length) throw blockedByFilter(`the prompt (${blocked})`, this.#exchange.source)
    if (!this.#isStarted) yield {type: 'start', model: piece.modelVersion ?? null, warnings: this.#warnings}
    this.#isStarted = true
    if (piece.usageMetadata) {
      this.#usage = piece.usageMetadata
      if (this.#exchange.call.stream) yield {type: 'usage', usage: usageOf(this.#usage)}
    }
    const candidate = piece.candidates?.[0]
    for (const part of candidate?.content?.parts ?? []) yield* this.#part(part)
    this.#reason = candidate?.finishReason ?? this.#reason
  }

  *#part(part: Part): Generator<CompletionEvent> {
    if (part.functionCall) {
      const {name = '', args = {}} = part.functionCall
      const signed = part.thoughtSignature ? {provider: this.#provider, data: part.thoughtSignature} : undefined
      yield* this.#blocks.wholeTool(name, JSON.stringify(args), signed)
      return
    }
    yield* this.#blocks.prose(part.thought ? 'reasoning' : 'text', part.text ?? '')
    this.#signature = part.thoughtSignature ?? this.#signature
  }

  *end(): Generator<CompletionEvent> {
    if (!this.#isStarted || this.#reason === undefined) {
      throw brokenAnswer('the answer ended without a finish reason', this.#exchange.source)
    }
    yield* this.#blocks.end()
    if (this.#signature !== undefined) {
      yield {type: 'reasoning-start', id: 'reasoning-signature'}
      yield {
        type: 'reasoning-end',
        id: 'reasoning-signature',
        signed: {provider: this.#provider, data: this.#signature},
      }
    }
    const reason = {unified: unified(this.#reason, this.#blocks), raw: this.#reason}
    yield {type: 'finish', reason, usage: usageOf(this.#usage)}
  }
}

function unified(reason: string, blocks: OpenBlocks): FinishReason {
  switch (reason) {
    case 'STOP':
      return blocks.hasCalledTools ? 'tool-calls' : 'stop'
    case 'FUNCTION_CALL':
      return 'tool-calls'
    case 'MAX_TOKENS':
      return 'length'
    case 'SAFETY':
    case 'RECITATION':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'IMAGE_SAFETY':
    case 'IMAGE_PROHIBITED_CONTENT':
    case 'IMAGE_RECITATION':
    case 'LANGUAGE':
      return 'content-filter'
    default:
      return 'other'
  }
}

/** Thoughts are not part of the candidates' tokens; cached tokens are part of the prompt's, what tools brought is not. */
function usageOf(usage: GenerateContentResponseUsageMetadata | undefined): CompletionUsage {
  const prompt = usage?.promptTokenCount ?? null
  const total = prompt === null ? null : prompt + (usage?.toolUsePromptTokenCount ?? 0)
  const cacheRead = usage?.cachedContentTokenCount ?? null
  const text = usage?.candidatesTokenCount ?? null
  const reasoning = usage?.thoughtsTokenCount ?? null
  return {
    input: {total, noCache: total === null ? null : total - (cacheRead ?? 0), cacheRead, cacheWrite: null},
    output: {total: text === null && reasoning === null ? null : (text ?? 0) + (reasoning ?? 0), text, reasoning},
    raw: usage ?? null,
  }
}
