import type {Anthropic} from '@anthropic-ai/sdk'
import type {
  Message,
  MessageDeltaUsage,
  RawContentBlockDelta,
  RawContentBlockStartEvent,
  RawMessageStreamEvent,
  Usage,
} from '@anthropic-ai/sdk/resources/messages/messages'
import type {CompletionEvent, CompletionUsage, CompletionWarning} from '../model/completion-event.ts'
import {type Exchange, exchangeOptions, sharedFetch} from './exchange.ts'
import {brokenAnswer, failureOfAnswer} from './failure-classification.ts'
import {piecesOf} from './http-fetch.ts'
import {
  endedThought,
  endedTool,
  finishReasonOf,
  messagesUsage,
  wholeText,
  wholeThought,
  wholeTool,
} from './messages-answer.ts'
import {LONGEST_TIMEOUT} from './sdk-timeout.ts'
import {serverSentEvents} from './server-sent-events.ts'
import {toolCallId} from './tool-call-ids.ts'

/**
 * A client of a server that speaks Anthropic's Messages. Everything the SDK would read from the environment is said here:
 * settings have one source.
 *
 * @param headers With the key, if it is the same for all requests; the SDK's own are not sent.
 */
export async function openMessages(baseURL: string, headers: Readonly<Record<string, string>>): Promise<Anthropic> {
  const {Anthropic} = await import('@anthropic-ai/sdk')
  return new Anthropic({
    apiKey: 'in the headers',
    webhookKey: null,
    baseURL,
    maxRetries: 0,
    timeout: LONGEST_TIMEOUT,
    logLevel: 'off',
    openTelemetry: false,
    fetch: sharedFetch(headers),
  })
}

interface MessagesRequest {
  readonly body: object
  /** Of what the provider has no way to do. */
  readonly warnings: readonly CompletionWarning[]
}

/** Sends the request and reads the answer, whole or as it comes. */
export async function* askedMessages(
  client: Anthropic,
  path: string,
  {body, warnings}: MessagesRequest,
  newId: () => string,
  exchange: Exchange,
): AsyncGenerator<CompletionEvent> {
  const sent = exchangeOptions(exchange)
  // `messages.create` prints what it thinks of a model's age.
  if (exchange.call.stream) {
    const response = await client.post<unknown>(path, {body: {...body, stream: true}, ...sent}).asResponse()
    yield* streamedAnswer(response, warnings, newId, exchange)
    return
  }
  yield* wholeAnswer(await client.post<Message>(path, {body, ...sent}), warnings, newId, exchange)
}

function* wholeAnswer(
  answer: Message,
  warnings: readonly CompletionWarning[],
  newId: () => string,
  exchange: Exchange,
): Generator<CompletionEvent> {
  if (!answer.stop_reason) throw brokenAnswer('an answer without a stop reason', exchange.source)
  yield {type: 'start', model: answer.model, warnings}
  for (const [index, block] of answer.content.entries()) {
    if (block.type === 'text') yield* wholeText(index, block.text)
    if (block.type === 'thinking') {
      yield* wholeThought('anthropic', index, {text: block.thinking, data: {signature: block.signature}})
    }
    if (block.type === 'redacted_thinking') {
      yield* wholeThought('anthropic', index, {text: undefined, data: {redacted: block.data}})
    }
    if (block.type === 'tool_use') yield* wholeTool(newId, block.name, block.input)
  }
  yield {
    type: 'finish',
    reason: {unified: finishReasonOf(answer.stop_reason), raw: answer.stop_reason},
    usage: usageOf(answer.usage),
  }
}

/** A block under way, by Anthropic's index. */
type Block =
  | {readonly kind: 'text'; readonly id: string}
  | {readonly kind: 'reasoning'; readonly id: string; signature: string; readonly redacted: string | undefined}
  | {readonly kind: 'tool'; readonly id: string; hasInput: boolean}

async function* streamedAnswer(
  response: Response,
  warnings: readonly CompletionWarning[],
  newId: () => string,
  exchange: Exchange,
): AsyncGenerator<CompletionEvent> {
  const blocks = new Map<number, Block>()
  let raw: Partial<Usage> = {}
  let reason: string | undefined
  for await (const events of serverSentEvents(piecesOf(response), exchange.alive)) {
    for (const {event: name, data} of events) {
      if (name === 'ping') continue
      if (name === 'error') {
        throw failureOfAnswer({status: null, headers: new Headers(), body: data}, exchange.source)
      }
      const event = JSON.parse(data) as RawMessageStreamEvent
      switch (event.type) {
        case 'message_start':
          raw = event.message.usage ?? {}
          yield {type: 'start', model: event.message.model ?? null, warnings}
          yield {type: 'usage', usage: usageOf(raw)}
          break
        case 'content_block_start': {
          const block = blockOf(event, newId)
          if (!block) break
          blocks.set(event.index, block)
          yield* opened(block, event)
          break
        }
        case 'content_block_delta': {
          const block = blocks.get(event.index)
          if (block) yield* pieceOf(block, event.delta)
          break
        }
        case 'content_block_stop': {
          const block = blocks.get(event.index)
          blocks.delete(event.index)
          if (block) yield* closed(block)
          break
        }
        case 'message_delta':
          raw = {...raw, ...presentCounts(event.usage)}
          yield {type: 'usage', usage: usageOf(raw)}
          reason = event.delta.stop_reason ?? reason
          break
        case 'message_stop':
          if (reason === undefined) break
          yield {type: 'finish', reason: {unified: finishReasonOf(reason), raw: reason}, usage: usageOf(raw)}
      }
    }
  }
}

function blockOf({index, content_block}: RawContentBlockStartEvent, newId: () => string): Block | undefined {
  switch (content_block.type) {
    case 'text':
      return {kind: 'text', id: `text-${index}`}
    case 'thinking':
      return {
        kind: 'reasoning',
        id: `reasoning-${index}`,
        signature: content_block.signature ?? '',
        redacted: undefined,
      }
    case 'redacted_thinking':
      return {kind: 'reasoning', id: `reasoning-${index}`, signature: '', redacted: content_block.data}
    case 'tool_use':
      return {kind: 'tool', id: toolCallId(newId), hasInput: false}
    default:
      // What Anthropic's own tools do is not asked for.
      return undefined
  }
}

function* opened(block: Block, {content_block}: RawContentBlockStartEvent): Generator<CompletionEvent> {
  const {id} = block
  if (block.kind === 'tool') {
    yield {type: 'tool-input-start', id, name: content_block.type === 'tool_use' ? content_block.name : ''}
    return
  }
  yield {type: `${block.kind}-start`, id}
  if (content_block.type === 'text' && content_block.text) yield {type: 'text-delta', id, text: content_block.text}
}

function* pieceOf(block: Block, delta: RawContentBlockDelta): Generator<CompletionEvent> {
  const {id} = block
  if (delta.type === 'text_delta') yield {type: 'text-delta', id, text: delta.text}
  if (delta.type === 'thinking_delta') yield {type: 'reasoning-delta', id, text: delta.thinking}
  if (delta.type === 'input_json_delta' && delta.partial_json !== '') {
    if (block.kind === 'tool') block.hasInput = true
    yield {type: 'tool-input-delta', id, text: delta.partial_json}
  }
  if (delta.type === 'signature_delta' && block.kind === 'reasoning') block.signature += delta.signature
}

function* closed(block: Block): Generator<CompletionEvent> {
  const {id} = block
  if (block.kind === 'text') yield {type: 'text-end', id}
  else if (block.kind === 'tool') yield* endedTool(id, block.hasInput)
  else {
    const {signature, redacted} = block
    yield endedThought('anthropic', id, redacted === undefined ? {signature} : {redacted})
  }
}

/** The counts of `message_delta` are cumulative and leave out what did not change. */
function presentCounts(usage: MessageDeltaUsage | undefined): Partial<Usage> {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([, value]) => value !== null && value !== undefined))
}

/** Thinking is part of `output_tokens`. */
function usageOf(usage: Partial<Usage> | undefined): CompletionUsage {
  const output = usage?.output_tokens ?? null
  const reasoning = usage?.output_tokens_details?.thinking_tokens ?? null
  return messagesUsage({
    input: usage?.input_tokens,
    cacheRead: usage?.cache_read_input_tokens,
    cacheWrite: usage?.cache_creation_input_tokens,
    cacheWriteHour: usage?.cache_creation?.ephemeral_1h_input_tokens,
    output: {total: output, text: output === null ? null : output - (reasoning ?? 0), reasoning},
    raw: usage,
  })
}
