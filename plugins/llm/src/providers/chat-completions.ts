import type {OpenAI} from 'openai'
import type {ChatCompletion, ChatCompletionChunk} from 'openai/resources/chat/completions'
import type {CompletionUsage as TheirUsage} from 'openai/resources/completions'
import type {
  CompletionEvent,
  CompletionUsage,
  CompletionWarning,
  EventBatch,
  FinishReason,
} from '../model/completion-event.ts'
import type {CompletionRequest} from '../model/completion-request.ts'
import {chatBody} from './chat-completions-request.ts'
import {type Exchange, exchangeOptions} from './exchange.ts'
import {brokenAnswer, failureInside} from './failure-classification.ts'
import {piecesOf} from './http-fetch.ts'
import {OpenBlocks} from './open-blocks.ts'
import type {OpenAiDialect} from './openai-dialect.ts'
import {openAiUsage} from './openai-usage.ts'
import {serverSentEvents} from './server-sent-events.ts'

/** Asks Chat Completions (https://platform.openai.com/docs/api-reference/chat/create), whole or as a stream. */
export async function chatCompletion(
  client: OpenAI,
  model: string,
  request: CompletionRequest,
  dialect: OpenAiDialect,
  exchange: Exchange,
): Promise<AsyncIterable<EventBatch> | EventBatch> {
  const options = exchangeOptions(exchange)
  const {body, warnings} = chatBody(model, request, dialect)
  if (!exchange.call.stream) {
    const answer = await client.chat.completions.create({...body, stream: false}, options)
    return [...wholeAnswer(answer, warnings, dialect, exchange)]
  }
  const response = await client.chat.completions
    // Without it OpenAI's streams say nothing of usage.
    .create({...body, stream: true, stream_options: {include_usage: true}}, options)
    .asResponse()
  return streamedAnswer(response, warnings, dialect, exchange)
}

/** DeepSeek, vLLM and llama.cpp send thoughts under the one name, OpenRouter and newer vLLMs under the other. */
interface Thoughts {
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
}

function thoughtOf(piece: Thoughts): string {
  if (typeof piece.reasoning_content === 'string') return piece.reasoning_content
  return typeof piece.reasoning === 'string' ? piece.reasoning : ''
}

function* wholeAnswer(
  answer: ChatCompletion,
  warnings: readonly CompletionWarning[],
  dialect: OpenAiDialect,
  exchange: Exchange,
): Generator<CompletionEvent> {
  const choice = answer.choices?.[0]
  if ('error' in answer && !choice) throw failureInside(answer, exchange.source)
  if (!choice?.finish_reason) throw brokenAnswer('an answer without a finish reason', exchange.source)
  const {message, finish_reason} = choice
  const blocks = new OpenBlocks(dialect.newId)
  yield {type: 'start', model: answer.model ?? null, warnings}
  yield* blocks.prose('reasoning', thoughtOf(message as Thoughts))
  yield* blocks.prose('text', message.content ?? '')
  yield* blocks.prose('text', message.refusal ?? '')
  for (const call of message.tool_calls ?? []) {
    if (call.type !== 'custom') yield* blocks.wholeTool(call.function.name, call.function.arguments)
  }
  yield* blocks.end()
  yield finish(finish_reason, Boolean(message.refusal), blocks, usageOf(answer.usage))
}

async function* streamedAnswer(
  response: Response,
  warnings: readonly CompletionWarning[],
  dialect: OpenAiDialect,
  exchange: Exchange,
): AsyncGenerator<EventBatch> {
  const reading = new ChunkReading(warnings, dialect, exchange)
  for await (const arrived of serverSentEvents(piecesOf(response), exchange.alive)) {
    const batch: CompletionEvent[] = []
    try {
      for (const {data} of arrived) for (const event of reading.eventsOf(data)) batch.push(event)
    } catch (error) {
      // What came before a fault is passed on before it.
      if (batch.length > 0) yield batch
      throw error
    }
    if (batch.length > 0) yield batch
  }
  const rest = [...reading.end()]
  if (rest.length > 0) yield rest
}

/** Where the reading of one stream's chunks stands. */
class ChunkReading {
  readonly #warnings: readonly CompletionWarning[]
  readonly #exchange: Exchange
  readonly #blocks: OpenBlocks
  #isStarted = false
  #isRefused = false
  #isFinished = false
  #reason: string | undefined
  #usage: CompletionUsage | undefined

  constructor(warnings: readonly CompletionWarning[], dialect: OpenAiDialect, exchange: Exchange) {
    this.#warnings = warnings
    this.#exchange = exchange
    this.#blocks = new OpenBlocks(dialect.newId)
  }

  /** What the data of one Server-Sent Event says. @throws ProviderFailure, SyntaxError */
  *eventsOf(data: string): Generator<CompletionEvent> {
    if (data === '[DONE]') return yield* this.end()
    const chunk = JSON.parse(data) as ChatCompletionChunk & {error?: unknown}
    if (chunk.error) throw failureInside(chunk, this.#exchange.source)
    if (!this.#isStarted) yield {type: 'start', model: chunk.model || null, warnings: this.#warnings}
    this.#isStarted = true
    // Some servers count along, OpenAI counts once after the last piece.
    if (chunk.usage) {
      this.#usage = usageOf(chunk.usage)
      yield {type: 'usage', usage: this.#usage}
    }
    const choice = chunk.choices?.[0]
    if (choice) yield* this.#choice(choice)
  }

  *#choice(choice: ChatCompletionChunk.Choice): Generator<CompletionEvent> {
    const blocks = this.#blocks
    const delta = choice.delta ?? {}
    yield* blocks.prose('reasoning', thoughtOf(delta as Thoughts))
    yield* blocks.prose('text', delta.content ?? '')
    yield* blocks.prose('text', delta.refusal ?? '')
    if (delta.refusal) this.#isRefused = true
    for (const [position, call] of (delta.tool_calls ?? []).entries()) {
      yield* blocks.tool(call.index ?? position, {
        theirs: call.id,
        name: call.function?.name,
        input: call.function?.arguments ?? '',
      })
    }
    if (!choice.finish_reason) return
    this.#reason = choice.finish_reason
    yield* blocks.end()
  }

  /** After the last chunk: the end, where the provider has said why it stopped, and once. */
  *end(): Generator<CompletionEvent> {
    if (this.#reason === undefined || this.#isFinished) return
    this.#isFinished = true
    yield finish(this.#reason, this.#isRefused, this.#blocks, this.#usage ?? usageOf(undefined))
  }
}

function finish(raw: string, isRefused: boolean, blocks: OpenBlocks, usage: CompletionUsage): CompletionEvent {
  return {type: 'finish', reason: {unified: isRefused ? 'content-filter' : unified(raw, blocks), raw}, usage}
}

function unified(raw: string, blocks: OpenBlocks): FinishReason {
  switch (raw) {
    case 'stop':
      // Some servers say so after tool calls as well.
      return blocks.hasCalledTools ? 'tool-calls' : 'stop'
    case 'length':
      return 'length'
    case 'tool_calls':
    case 'function_call':
      return 'tool-calls'
    case 'content_filter':
      return 'content-filter'
    default:
      return 'other'
  }
}

function usageOf(usage: TheirUsage | null | undefined): CompletionUsage {
  const {prompt_tokens_details: prompt, completion_tokens_details: completion} = usage ?? {}
  const counts = {
    input: usage?.prompt_tokens ?? null,
    cacheRead: prompt?.cached_tokens ?? null,
    cacheWrite: prompt?.cache_write_tokens ?? null,
    output: usage?.completion_tokens ?? null,
    reasoning: completion?.reasoning_tokens ?? null,
  }
  return openAiUsage(counts, usage ?? null)
}
