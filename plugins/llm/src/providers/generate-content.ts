import type {
  Content,
  FunctionCallingConfigMode,
  GenerateContentConfig,
  GenerateContentParameters,
  GenerateContentResponse,
  GenerateContentResponseUsageMetadata,
  GoogleGenAI,
  Part,
  ThinkingConfig,
  ThinkingLevel,
} from '@google/genai'
import type {CompletionEvent, CompletionUsage, CompletionWarning, FinishReason} from '../model/completion-event.ts'
import type {
  CompletionMessage,
  CompletionRequest,
  ImagePart,
  TextPart,
  ToolResultPart,
} from '../model/completion-request.ts'
import {type Exchange, exchangeFetch} from './exchange.ts'
import {blockedByFilter, brokenAnswer, failureInside} from './failure-classification.ts'
import {OpenBlocks} from './open-blocks.ts'
import {base64Of, defined, ignoredParameters, inputObject} from './request-parameters.ts'
import {cleanedEvents} from './server-sent-events.ts'
import {wireId} from './tool-call-ids.ts'

/** Which of Google's two services it is. */
export interface ContentDialect {
  /** Whose thoughts are signed: neither service takes the other's. */
  readonly provider: 'gemini' | 'vertex'
  readonly newId: () => string
}

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

function contentRequest(
  model: string,
  request: CompletionRequest,
  dialect: ContentDialect,
): {body: GenerateContentParameters; warnings: CompletionWarning[]} {
  const warnings = ignoredParameters(dialect.provider, request, ['user', 'parallelToolCalls'])
  const {system, responseFormat: format} = request
  const config = defined({
    systemInstruction: system,
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    maxOutputTokens: request.maxOutputTokens,
    stopSequences: request.stop && [...request.stop],
    seed: request.seed,
    frequencyPenalty: request.frequencyPenalty,
    presencePenalty: request.presencePenalty,
    responseMimeType: format && 'application/json',
    responseJsonSchema: format?.type === 'schema' ? format.schema : undefined,
    thinkingConfig: thinkingOf(model, request.reasoningEffort, warnings),
    ...toolParameters(request),
  }) as GenerateContentConfig
  return {body: {model, contents: contentsOf(request, dialect), config}, warnings}
}

/** Tokens to think with, for models before Gemini 3, which has levels instead. */
const BUDGETS = {none: 0, minimal: 512, low: 2048, medium: 8192, high: 24_576} as const

/** https://ai.google.dev/gemini-api/docs/thinking */
function thinkingOf(
  model: string,
  effort: CompletionRequest['reasoningEffort'],
  warnings: CompletionWarning[],
): ThinkingConfig | undefined {
  if (effort === undefined) return undefined
  if (/^gemini-(?:1|2\.0)/.test(model)) {
    warnings.push({parameter: 'reasoningEffort', message: `${model} does not think; it was left out`})
    return undefined
  }
  if (model.startsWith('gemini-2')) {
    if (effort === 'none' && /-pro/.test(model)) {
      warnings.push({
        parameter: 'reasoningEffort',
        message: `${model} cannot stop thinking; it thinks as little as it can`,
      })
      return {thinkingBudget: 128}
    }
    return {thinkingBudget: BUDGETS[effort], includeThoughts: effort !== 'none'}
  }
  if (effort === 'none') {
    warnings.push({
      parameter: 'reasoningEffort',
      message: `${model} cannot stop thinking; it thinks as little as it can`,
    })
    return {thinkingLevel: 'LOW' as ThinkingLevel}
  }
  return {thinkingLevel: effort.toUpperCase() as ThinkingLevel, includeThoughts: true}
}

function toolParameters({tools, toolChoice}: CompletionRequest) {
  if (!tools?.length) return {}
  const functionDeclarations = tools.map(({name, description, inputSchema}) =>
    defined({name, description, parametersJsonSchema: inputSchema}),
  )
  return {
    tools: [{functionDeclarations}],
    toolConfig: toolChoice === undefined ? undefined : {functionCallingConfig: callingConfig(toolChoice)},
  }
}

function callingConfig(choice: NonNullable<CompletionRequest['toolChoice']>) {
  if (typeof choice === 'object') {
    return {mode: 'ANY' as FunctionCallingConfigMode, allowedFunctionNames: [choice.tool]}
  }
  const mode = choice === 'required' ? 'ANY' : choice.toUpperCase()
  return {mode: mode as FunctionCallingConfigMode}
}

function contentsOf({messages}: CompletionRequest, dialect: ContentDialect): Content[] {
  const turns: {role: string; parts: Part[]}[] = []
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'model' : 'user'
    const last = turns.at(-1)
    // What one role says in several messages is one turn.
    if (last?.role === role) last.parts.push(...partsOf(message, dialect))
    else turns.push({role, parts: partsOf(message, dialect)})
  }
  return turns
}

function partsOf(message: CompletionMessage, dialect: ContentDialect): Part[] {
  if (message.role === 'user') return message.content.map(inputPart)
  if (message.role === 'tool') return message.content.flatMap(resultParts)
  return message.content.flatMap((part): Part[] => {
    switch (part.type) {
      case 'text':
        return [{text: part.text}]
      case 'tool-call': {
        const call = {functionCall: {id: wireId(part.id), name: part.name, args: inputObject(part)}}
        return [{...call, ...signatureOf(part.signed, dialect)}]
      }
      case 'reasoning': {
        // Thoughts are summaries and not taken back; what they are signed with is.
        const signature = signatureOf(part.signed, dialect)
        return signature.thoughtSignature === undefined ? [] : [{text: '', ...signature}]
      }
    }
  })
}

function signatureOf(
  signed: {provider: string; data: unknown} | undefined,
  {provider}: ContentDialect,
): {thoughtSignature?: string} {
  return signed?.provider === provider ? {thoughtSignature: String(signed.data)} : {}
}

function inputPart(part: TextPart | ImagePart): Part {
  if (part.type === 'text') return {text: part.text}
  return {inlineData: {mimeType: part.mediaType, data: base64Of(part)}}
}

/** A function's answer is an object; pictures follow it as parts of the same turn. */
function resultParts({id, name, content, isError}: ToolResultPart): Part[] {
  const text = content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
  const images = content.filter(part => part.type === 'image').map(inputPart)
  return [{functionResponse: {id: wireId(id), name, response: isError ? {error: text} : {output: text}}}, ...images]
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
