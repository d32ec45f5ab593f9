import {createHash} from 'node:crypto'

/** What every provider takes: OpenAI at most 40 characters, Anthropic and Bedrock these letters only. */
const ACCEPTED = /^[\w-]{1,40}$/

/** An id for a tool call that a model has just made: ours, so that it means nothing to one provider alone. */
export function toolCallId(newId: () => string): string {
  return `call_${newId().replaceAll('-', '')}`
}

/**
 * The id under which a tool call of the history goes to a provider, the same for the call and its result. Ours pass as
 * they are; one that a client made up may have letters or a length that the provider refuses.
 */
export function wireId(id: string): string {
  if (ACCEPTED.test(id)) return id
  return `call_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`
}
