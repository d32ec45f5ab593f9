import type {CompletionUsage} from './completion-event.ts'

/** Of a call whose provider has said nothing. */
export const noUsage: CompletionUsage = {
  input: {total: null, noCache: null, cacheRead: null, cacheWrite: null},
  output: {total: null, text: null, reasoning: null},
  raw: null,
}
