import type {
  CacheCreation,
  ContentBlock,
  Message,
  MessageDeltaUsage,
  StopReason,
  Usage,
} from '@anthropic-ai/sdk/resources/messages'
import type {CompletionEvent, CompletionUsage, FinishReason} from '../../model/completion-event.ts'
import type {AnswerFacts, StreamWriter} from '../api-dialect.ts'
import type {AnswerBlock, CollectedAnswer} from '../collected-answer.ts'
import {callSignatureText, type Signed, signatureText} from '../signature.ts'
import {anthropicError} from './error.ts'

const stopReasons = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  // The API has no word for it; what the provider said is in the ledger.
  other: 'end_turn',
} as const satisfies Record<FinishReason, StopReason>

/** A whole answer as `message`. */
export function anthropicMessage(answer: CollectedAnswer, facts: AnswerFacts): Message {
  return {
    ...emptyMessage(facts),
    content: answer.blocks.flatMap(contentBlocks),
    stop_reason: stopReasonOf(answer.reason),
    usage: usageOf(answer.usage),
  }
}

function emptyMessage({requestId, model}: AnswerFacts): Message {
  return {
    id: `msg_${requestId}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: usageOf(undefined),
  }
}

function stopReasonOf({unified, raw}: {readonly unified: FinishReason; readonly raw: string | null}): StopReason {
  return unified === 'stop' && raw === 'stop_sequence' ? 'stop_sequence' : stopReasons[unified]
}

function contentBlocks(block: AnswerBlock): ContentBlock[] {
  switch (block.type) {
    case 'text':
      return [{type: 'text', text: block.text, citations: null}]
    case 'reasoning':
      return [{type: 'thinking', thinking: block.text, signature: signatureOf(block.signed)}]
    case 'tool-call': {
      const {id, name, input, signed} = block
      const call = {type: 'tool_use' as const, id, name, input: inputOf(input), caller: {type: 'direct' as const}}
      return signed ? [call, sealedCall(id, signed)] : [call]
    }
  }
}

/** A call of the API has no place for its provider's signature, and clients send a thought that is hidden back as it is. */
function sealedCall(call: string, signed: Signed) {
  return {type: 'redacted_thinking' as const, data: callSignatureText(call, signed)}
}

/** Unsigned thoughts have an empty one: clients ask for the field. */
function signatureOf(signed: Signed | undefined): string {
  return signed ? signatureText(signed) : ''
}

/** The API has an object where a model may have written anything: what is none is given as it was written. */
function inputOf(text: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text) as unknown
  } catch {
    return {invalid_json: text}
  }
}

function usageOf(usage: CompletionUsage | undefined): Usage {
  const counts = countsOf(usage)
  return {
    ...counts,
    input_tokens: counts.input_tokens ?? 0,
    cache_creation: cacheCreationOf(usage),
    inference_geo: null,
    server_tool_use: null,
    service_tier: null,
    speed: null,
  }
}

/** By the time it is kept for, where the provider says so. */
function cacheCreationOf(usage: CompletionUsage | undefined): CacheCreation | null {
  const {cacheWrite = null, cacheWriteHour: hour} = usage?.input ?? {}
  if (cacheWrite === null || hour === undefined) return null
  return {ephemeral_5m_input_tokens: cacheWrite - hour, ephemeral_1h_input_tokens: hour}
}

/** Input without what the provider read from its cache or wrote to it, which are counts of their own here. */
function countsOf(usage: CompletionUsage | undefined): MessageDeltaUsage {
  const {total = null, noCache = null, cacheRead = null, cacheWrite = null} = usage?.input ?? {}
  const thinking = usage?.output.reasoning ?? null
  return {
    input_tokens: noCache ?? (total === null ? null : total - (cacheRead ?? 0) - (cacheWrite ?? 0)),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    output_tokens: usage?.output.total ?? 0,
    output_tokens_details: thinking === null ? null : {thinking_tokens: thinking},
    server_tool_use: null,
  }
}

/**
 * Writes the events of https://docs.claude.com/en/docs/build-with-claude/streaming. Blocks come one after another there,
 * so one that began while another was open waits until that one has ended.
 */
export function messagesStream(facts: AnswerFacts): StreamWriter {
  let begun = false
  let known: CompletionUsage | undefined
  let index = -1
  /** The id of the block that is being written, and what came meanwhile of others, in the order of their beginning. */
  let open: string | undefined
  const waiting = new Map<string, BlockEvent[]>()

  const begin = () => {
    if (begun) return ''
    begun = true
    return sse({type: 'message_start', message: {...emptyMessage(facts), usage: usageOf(known)}})
  }
  const delta = (part: object) => sse({type: 'content_block_delta', index, delta: part})
  const startBlock = (id: string, block: object) => {
    open = id
    index += 1
    return sse({type: 'content_block_start', index, content_block: block})
  }
  const stopBlock = () => {
    open = undefined
    return sse({type: 'content_block_stop', index})
  }
  const writeBlockEvent = (event: BlockEvent): string => {
    switch (event.type) {
      case 'text-start':
        return startBlock(event.id, {type: 'text', text: '', citations: null})
      case 'reasoning-start':
        return startBlock(event.id, {type: 'thinking', thinking: '', signature: ''})
      case 'tool-input-start':
        return startBlock(event.id, {
          type: 'tool_use',
          id: event.id,
          name: event.name,
          input: {},
          caller: {type: 'direct'},
        })
      case 'text-delta':
        return event.text === '' ? '' : delta({type: 'text_delta', text: event.text})
      case 'reasoning-delta':
        return event.text === '' ? '' : delta({type: 'thinking_delta', thinking: event.text})
      case 'tool-input-delta':
        return event.text === '' ? '' : delta({type: 'input_json_delta', partial_json: event.text})
      case 'reasoning-end':
        return (
          (event.signed ? delta({type: 'signature_delta', signature: signatureText(event.signed)}) : '') + stopBlock()
        )
      case 'tool-input-end': {
        const {id, signed} = event
        const end = stopBlock()
        return signed ? end + startBlock(id, sealedCall(id, signed)) + stopBlock() : end
      }
      case 'text-end':
        return stopBlock()
    }
  }
  /** Writes what waited, until a block is open again. */
  const next = (): string => {
    let text = ''
    for (const [id, events] of waiting) {
      if (open !== undefined) break
      waiting.delete(id)
      text += events.map(writeBlockEvent).join('')
    }
    return text
  }
  const take = (event: BlockEvent): string => {
    if (open === undefined || open === event.id) return begin() + writeBlockEvent(event) + next()
    const kept = waiting.get(event.id)
    if (kept) kept.push(event)
    else waiting.set(event.id, [event])
    return ''
  }
  return {
    write(event) {
      if (event.type === 'start') return ''
      if (event.type === 'usage') {
        known = event.usage
        return ''
      }
      if (event.type !== 'finish') return take(event)
      const end = {
        type: 'message_delta',
        delta: {stop_reason: stopReasonOf(event.reason), stop_sequence: null, stop_details: null, container: null},
        usage: countsOf(event.usage),
      }
      return begin() + sse(end)
    },
    end: () => sse({type: 'message_stop'}),
    fail: problem => sse(anthropicError(problem)),
  }
}

type BlockEvent = Extract<CompletionEvent, {readonly id: string}>

function sse<Event extends {readonly type: string}>(data: Event): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}
