import type {CompletionEvent, CompletionUsage, FinishReason} from '../model/completion-event.ts'
import {toolCallId} from './tool-call-ids.ts'

/**
 * What the answers of Anthropic's Messages and of Bedrock's Converse have in common, which follows it: numbered blocks,
 * signed thoughts, reasons to stop, and counts beside those of the cache.
 */

/** What has to come back unchanged with the next request; bytes as Base64, so that it can be stored. */
export type SignedThought = {readonly signature: string} | {readonly redacted: string}

export function* wholeText(index: number, text: string): Generator<CompletionEvent> {
  const id = `text-${index}`
  yield {type: 'text-start', id}
  yield {type: 'text-delta', id, text}
  yield {type: 'text-end', id}
}

export function* wholeThought(
  provider: 'anthropic' | 'bedrock',
  index: number,
  {text, data}: {readonly text: string | undefined; readonly data: SignedThought | undefined},
): Generator<CompletionEvent> {
  const id = `reasoning-${index}`
  yield {type: 'reasoning-start', id}
  if (text) yield {type: 'reasoning-delta', id, text}
  yield endedThought(provider, id, data)
}

export function* wholeTool(newId: () => string, name: string, input: unknown): Generator<CompletionEvent> {
  const id = toolCallId(newId)
  yield {type: 'tool-input-start', id, name}
  yield {type: 'tool-input-delta', id, text: JSON.stringify(input)}
  yield {type: 'tool-input-end', id}
}

/**
 * The end of a call that was streamed. Of one without arguments nothing has come, where a whole answer has an empty
 * object; a client parses what it gets.
 */
export function* endedTool(id: string, hasInput: boolean): Generator<CompletionEvent> {
  if (!hasInput) yield {type: 'tool-input-delta', id, text: '{}'}
  yield {type: 'tool-input-end', id}
}

export function endedThought(
  provider: 'anthropic' | 'bedrock',
  id: string,
  data: SignedThought | undefined,
): CompletionEvent {
  return {type: 'reasoning-end', id, ...(data ? {signed: {provider, data}} : {})}
}

export function finishReasonOf(raw: string): FinishReason {
  switch (raw) {
    case 'end_turn':
    case 'stop_sequence':
      return 'stop'
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length'
    case 'tool_use':
      return 'tool-calls'
    case 'refusal':
    case 'content_filtered':
    case 'guardrail_intervened':
      return 'content-filter'
    default:
      return 'other'
  }
}

/** Tokens as these providers count them; undefined and null where they do not say. */
export interface MessagesCounts {
  /** Neither read from nor written to the cache. */
  readonly input: number | null | undefined
  readonly cacheRead: number | null | undefined
  readonly cacheWrite: number | null | undefined
  /** Of what was written what is kept for an hour. */
  readonly cacheWriteHour: number | null | undefined
  readonly output: CompletionUsage['output']
  readonly raw: unknown
}

export function messagesUsage(counts: MessagesCounts): CompletionUsage {
  const {input = null, cacheRead = null, cacheWrite = null, cacheWriteHour, output, raw} = counts
  return {
    input: {
      total: input === null ? null : input + (cacheRead ?? 0) + (cacheWrite ?? 0),
      noCache: input,
      cacheRead,
      cacheWrite,
      ...(cacheWriteHour == null ? {} : {cacheWriteHour}),
    },
    output,
    raw: raw ?? null,
  }
}
