import type {
  CompletionEvent,
  CompletionUsage,
  CompletionWarning,
  EventBatch,
  FinishReason,
} from '../model/completion-event.ts'

type Signed = {readonly provider: string; readonly data: unknown}

/** A block of an answer, whole. */
export type AnswerBlock =
  | {readonly type: 'text'; readonly text: string}
  | {readonly type: 'reasoning'; readonly text: string; readonly signed?: Signed}
  | {
      readonly type: 'tool-call'
      readonly id: string
      readonly name: string
      /** JSON text, as the model wrote it. */
      readonly input: string
      readonly signed?: Signed
    }

/** All that a stream of events said. */
export interface CollectedAnswer {
  /** As the provider calls it; null where it did not say. */
  readonly model: string | null
  readonly warnings: readonly CompletionWarning[]
  /** In the order in which they began. */
  readonly blocks: readonly AnswerBlock[]
  readonly reason: {readonly unified: FinishReason; readonly raw: string | null}
  readonly usage: CompletionUsage
}

/** The events ended without `finish`, which the port does not allow. */
export class UnfinishedAnswerError extends Error {
  constructor() {
    super('An answer ended without its last event')
    this.name = 'UnfinishedAnswerError'
  }
}

interface OpenBlock {
  readonly type: AnswerBlock['type']
  readonly id: string
  readonly name: string
  text: string
  signed?: Signed
}

/** Reads events to their end. @throws UnfinishedAnswerError, and what the events throw */
export async function collected(batches: AsyncIterable<EventBatch>): Promise<CollectedAnswer> {
  const blocks = new Map<string, OpenBlock>()
  const open = (type: OpenBlock['type'], id: string, name = '') => blocks.set(id, {type, id, name, text: ''})
  let model: string | null = null
  let warnings: readonly CompletionWarning[] = []
  let finish: Extract<CompletionEvent, {type: 'finish'}> | undefined
  const take = (event: CompletionEvent) => {
    switch (event.type) {
      case 'start':
        model = event.model
        warnings = event.warnings
        break
      case 'text-start':
        open('text', event.id)
        break
      case 'reasoning-start':
        open('reasoning', event.id)
        break
      case 'tool-input-start':
        open('tool-call', event.id, event.name)
        break
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-input-delta':
        blocks.get(event.id)!.text += event.text
        break
      case 'reasoning-end':
      case 'tool-input-end':
        if (event.signed) blocks.get(event.id)!.signed = event.signed
        break
      case 'text-end':
      case 'usage':
        break
      case 'finish':
        finish = event
    }
  }
  for await (const batch of batches) for (const event of batch) take(event)
  // The compiler does not see what `take` has done.
  const ended = finish as Extract<CompletionEvent, {type: 'finish'}> | undefined
  if (ended === undefined) throw new UnfinishedAnswerError()
  return {
    model,
    warnings,
    blocks: [...blocks.values()].map(blockOf),
    reason: ended.reason,
    usage: ended.usage,
  }
}

function blockOf({type, id, name, text, signed}: OpenBlock): AnswerBlock {
  const signature = signed ? {signed} : {}
  if (type === 'text') return {type, text}
  return type === 'reasoning' ? {type, text, ...signature} : {type, id, name, input: text, ...signature}
}
