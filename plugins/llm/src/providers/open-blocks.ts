import type {CompletionEvent} from '../model/completion-event.ts'
import {endedTool} from './messages-answer.ts'
import {toolCallId} from './tool-call-ids.ts'

interface ToolBlock {
  readonly id: string
  /** The provider's own id, where it gives one. */
  readonly theirs: string | undefined
  hasInput: boolean
}

/**
 * Blocks of an answer whose provider sends pieces without saying where a block begins and ends: text and reasoning take
 * turns, tool calls are told apart by their index and may interleave. Every block is opened once and closed once.
 */
export class OpenBlocks {
  readonly #newId: () => string
  readonly #tools = new Map<number, ToolBlock>()
  #prose: {readonly kind: 'text' | 'reasoning'; readonly id: string} | undefined
  #count = 0
  #hasCalledTools = false

  /** @param newId An id that no other call has. */
  constructor(newId: () => string) {
    this.#newId = newId
  }

  get hasCalledTools(): boolean {
    return this.#hasCalledTools
  }

  *prose(kind: 'text' | 'reasoning', text: string): Generator<CompletionEvent> {
    if (text === '') return
    if (this.#prose?.kind !== kind) {
      yield* this.#endProse()
      this.#prose = {kind, id: `${kind}-${this.#count++}`}
      yield {type: `${kind}-start`, id: this.#prose.id}
    }
    yield {type: `${kind}-delta`, id: this.#prose.id, text}
  }

  /**
   * A piece of a tool call. A call that comes under an index already taken, with another id of the provider, is another
   * call: some servers give all of them the index 0.
   */
  *tool(
    index: number,
    piece: {theirs?: string | undefined; name?: string | undefined; input: string},
  ): Generator<CompletionEvent> {
    const open = this.#tools.get(index)
    const isOther =
      open !== undefined && piece.theirs !== undefined && piece.theirs !== '' && piece.theirs !== open.theirs
    if (open && isOther) {
      this.#tools.delete(index)
      yield* endedTool(open.id, open.hasInput)
    }
    let block = isOther ? undefined : open
    if (!block) {
      yield* this.#endProse()
      block = {id: toolCallId(this.#newId), theirs: piece.theirs, hasInput: false}
      this.#tools.set(index, block)
      this.#hasCalledTools = true
      yield {type: 'tool-input-start', id: block.id, name: piece.name ?? ''} as const
    }
    if (piece.input === '') return
    block.hasInput = true
    yield {type: 'tool-input-delta', id: block.id, text: piece.input} as const
  }

  /** A tool call that comes in one piece. */
  *wholeTool(
    name: string,
    input: string,
    signed?: {readonly provider: string; readonly data: unknown},
  ): Generator<CompletionEvent> {
    yield* this.#endProse()
    const id = toolCallId(this.#newId)
    this.#hasCalledTools = true
    yield {type: 'tool-input-start', id, name}
    yield {type: 'tool-input-delta', id, text: input === '' ? '{}' : input}
    yield {type: 'tool-input-end', id, ...(signed ? {signed} : {})}
  }

  *end(): Generator<CompletionEvent> {
    yield* this.#endProse()
    for (const {id, hasInput} of this.#tools.values()) yield* endedTool(id, hasInput)
    this.#tools.clear()
  }

  *#endProse(): Generator<CompletionEvent> {
    if (!this.#prose) return
    const {kind, id} = this.#prose
    this.#prose = undefined
    yield {type: `${kind}-end`, id}
  }
}
