import type {CompletionEvent, EventBatch} from '../model/completion-event.ts'

type Delta = Extract<CompletionEvent, {readonly type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta'}>

/**
 * What arrived together, with the pieces of one block as one piece: each is wrapped, sent and unwrapped by its reader, for
 * dozens of bytes around a word, and the reader would get all of them at once anyhow.
 */
export function joinedDeltas(batch: EventBatch): EventBatch {
  if (batch.length === 1) return batch
  const joined: CompletionEvent[] = []
  for (const event of batch) {
    const last = joined.at(-1)
    if (isDelta(event) && last?.type === event.type && last.id === event.id) {
      joined[joined.length - 1] = {...event, text: last.text + event.text}
    } else joined.push(event)
  }
  return joined
}

function isDelta(event: CompletionEvent): event is Delta {
  const {type} = event
  return type === 'text-delta' || type === 'reasoning-delta' || type === 'tool-input-delta'
}
