import type {OpenAI} from 'openai'
import type {
  Response as OpenAiResponse,
  ResponseOutputItem,
  ResponseReasoningItem,
  ResponseStreamEvent,
  ResponseUsage,
} from 'openai/resources/responses/responses'
import type {CompletionEvent, CompletionUsage, CompletionWarning, FinishReason} from '../model/completion-event.ts'
import type {CompletionRequest} from '../model/completion-request.ts'
import {familyOf} from '../models/model-families.ts'
import {type Exchange, exchangeOptions} from './exchange.ts'
import {failureInside} from './failure-classification.ts'
import {piecesOf} from './http-fetch.ts'
import {endedTool} from './messages-answer.ts'
import type {OpenAiDialect} from './openai-dialect.ts'
import {responsesBody} from './openai-responses-request.ts'
import {openAiUsage} from './openai-usage.ts'
import {serverSentEvents} from './server-sent-events.ts'
import {toolCallId} from './tool-call-ids.ts'

/**
 * Whether a request has to go to Responses. Codex and the first Pro models are nowhere else ("This model is only supported
 * in v1/responses and not in v1/chat/completions"); from GPT-5.6 on, Chat Completions refuses tools for a model that
 * reasons ("Function tools with reasoning_effort are not supported … To use function tools, use /v1/responses or set
 * reasoning_effort to 'none'"). Summaries of thoughts are nowhere else either.
 */
export function needsResponses(model: string, request: CompletionRequest): boolean {
  if (/^(?:gpt-[\w.]+-)?codex|^(?:o1|o3|gpt-5)-pro/.test(model)) return true
  const {tools, reasoningEffort, reasoningSummary: summary} = request
  if (reasoningEffort === 'none') return false
  if (/^gpt-(?:5\.[6-9]|[6-9])/.test(model) && Boolean(tools?.length)) return true
  return (
    summary !== undefined &&
    summary !== 'none' &&
    familyOf('openai', model)?.capabilities.includes('reasoning') === true
  )
}

/**
 * Asks OpenAI's Responses (https://platform.openai.com/docs/api-reference/responses/create), whole or as a stream.
 * Nothing is stored there: what the model thought comes back encrypted, and goes with the next request.
 */
export async function* openAiResponse(
  client: OpenAI,
  model: string,
  request: CompletionRequest,
  dialect: OpenAiDialect,
  exchange: Exchange,
): AsyncGenerator<CompletionEvent> {
  const options = exchangeOptions(exchange)
  const {body, warnings} = responsesBody(model, request, dialect)
  const answer = new ResponsesAnswer(warnings, dialect, exchange)
  if (!exchange.call.stream) {
    yield* answer.whole(await client.responses.create({...body, stream: false}, options))
    return
  }
  const response = await client.responses.create({...body, stream: true}, options).asResponse()
  for await (const events of serverSentEvents(piecesOf(response), exchange.alive)) {
    for (const {data} of events) {
      if (data !== '[DONE]') yield* answer.event(JSON.parse(data) as ResponseStreamEvent)
    }
  }
}

/** A block of an item under way: how much of it has been passed on. */
interface Block {
  readonly kind: 'text' | 'reasoning' | 'tool-input'
  readonly id: string
  length: number
}

/** One answer: items come in pieces and then whole, or whole only. */
class ResponsesAnswer {
  readonly #warnings: readonly CompletionWarning[]
  readonly #dialect: OpenAiDialect
  readonly #exchange: Exchange
  readonly #blocks = new Map<string, Block>()
  #isRefused = false
  #hasCalledTools = false

  constructor(warnings: readonly CompletionWarning[], dialect: OpenAiDialect, exchange: Exchange) {
    this.#warnings = warnings
    this.#dialect = dialect
    this.#exchange = exchange
  }

  *whole(response: OpenAiResponse): Generator<CompletionEvent> {
    if (response.error || !Array.isArray(response.output)) throw this.#failure(response.error ?? response)
    yield {type: 'start', model: response.model ?? null, warnings: this.#warnings}
    for (const [index, item] of response.output.entries()) yield* this.#done(index, item)
    yield* this.#finish(response)
  }

  *event(event: ResponseStreamEvent): Generator<CompletionEvent> {
    switch (event.type) {
      case 'response.created':
        yield {type: 'start', model: event.response.model ?? null, warnings: this.#warnings}
        return
      case 'response.output_item.added':
        if (event.item.type === 'function_call') yield* this.#tool(event.output_index, event.item.name, '')
        return
      case 'response.function_call_arguments.delta':
        yield* this.#tool(event.output_index, '', event.delta)
        return
      case 'response.output_text.delta':
        yield* this.#prose('text', event.output_index, event.content_index, event.delta)
        return
      case 'response.refusal.delta':
        this.#isRefused = true
        yield* this.#prose('text', event.output_index, event.content_index, event.delta)
        return
      case 'response.reasoning_summary_text.delta':
        yield* this.#prose('reasoning', event.output_index, event.summary_index, event.delta)
        return
      case 'response.output_item.done':
        yield* this.#done(event.output_index, event.item)
        return
      case 'response.completed':
      case 'response.incomplete':
        yield* this.#finish(event.response)
        return
      case 'response.failed':
        throw this.#failure(event.response.error)
      case 'error':
        throw this.#failure(event)
    }
  }

  *#prose(kind: 'text' | 'reasoning', item: number, part: number, text: string): Generator<CompletionEvent> {
    if (text === '') return
    const key = `${item}.${part}`
    let block = this.#blocks.get(key)
    if (!block) {
      block = {kind, id: `${kind}-${item}-${part}`, length: 0}
      this.#blocks.set(key, block)
      yield {type: `${kind}-start`, id: block.id}
    }
    block.length += text.length
    yield {type: `${kind}-delta`, id: block.id, text}
  }

  *#tool(item: number, name: string, text: string): Generator<CompletionEvent> {
    const key = `${item}.0`
    let block = this.#blocks.get(key)
    if (!block) {
      block = {kind: 'tool-input', id: toolCallId(this.#dialect.newId), length: 0}
      this.#blocks.set(key, block)
      this.#hasCalledTools = true
      yield {type: 'tool-input-start', id: block.id, name}
    }
    block.length += text.length
    if (text !== '') yield {type: 'tool-input-delta', id: block.id, text}
  }

  /** The item as a whole: what of it has not been passed on, and its end. */
  *#done(index: number, item: ResponseOutputItem): Generator<CompletionEvent> {
    switch (item.type) {
      case 'message':
        for (const [part, content] of item.content.entries()) {
          if (content.type === 'refusal') this.#isRefused = true
          const text = content.type === 'refusal' ? content.refusal : content.text
          yield* this.#prose('text', index, part, text.slice(this.#passed(index, part)))
        }
        yield* this.#end(index)
        return
      case 'function_call':
        yield* this.#tool(index, item.name, item.arguments.slice(this.#passed(index, 0)))
        yield* this.#end(index)
        return
      case 'reasoning':
        for (const [part, {text}] of item.summary.entries()) {
          yield* this.#prose('reasoning', index, part, text.slice(this.#passed(index, part)))
        }
        yield* this.#end(index)
        yield* signedThought(index, item, this.#dialect)
    }
  }

  #passed(item: number, part: number): number {
    return this.#blocks.get(`${item}.${part}`)?.length ?? 0
  }

  *#end(item: number): Generator<CompletionEvent> {
    for (const [key, {kind, id, length}] of this.#blocks) {
      if (!key.startsWith(`${item}.`)) continue
      this.#blocks.delete(key)
      if (kind === 'tool-input') yield* endedTool(id, length > 0)
      else yield {type: `${kind}-end`, id}
    }
  }

  *#finish({status, incomplete_details, usage}: OpenAiResponse): Generator<CompletionEvent> {
    const raw = incomplete_details?.reason ?? status ?? null
    if (raw === null || raw === 'in_progress' || raw === 'failed')
      throw this.#failure({message: `the answer is ${raw}`})
    for (const {kind, id} of this.#blocks.values()) yield {type: `${kind}-end`, id}
    yield {type: 'finish', reason: {unified: this.#unified(raw), raw}, usage: usageOf(usage)}
  }

  #unified(raw: string): FinishReason {
    if (raw === 'max_output_tokens') return 'length'
    if (raw === 'content_filter' || this.#isRefused) return 'content-filter'
    if (raw !== 'completed') return 'other'
    return this.#hasCalledTools ? 'tool-calls' : 'stop'
  }

  #failure(error: object | null) {
    return failureInside({error: error && {...error, type: undefined}}, this.#exchange.source)
  }
}

/** What the model thought, encrypted, in a block of its own: its summary may have had several, or none. */
function* signedThought(
  index: number,
  item: ResponseReasoningItem,
  {provider}: OpenAiDialect,
): Generator<CompletionEvent> {
  if (!item.encrypted_content) return
  const {id, summary, encrypted_content} = item
  const block = `reasoning-${index}-signed`
  yield {type: 'reasoning-start', id: block}
  const data = {type: 'reasoning', id, summary, encrypted_content}
  yield {type: 'reasoning-end', id: block, signed: {provider, data}}
}

function usageOf(usage: ResponseUsage | undefined): CompletionUsage {
  const {input_tokens_details: input, output_tokens_details: output} = usage ?? {}
  const counts = {
    input: usage?.input_tokens ?? null,
    cacheRead: input?.cached_tokens ?? null,
    cacheWrite: input?.cache_write_tokens ?? null,
    output: usage?.output_tokens ?? null,
    reasoning: output?.reasoning_tokens ?? null,
  }
  return openAiUsage(counts, usage ?? null)
}
