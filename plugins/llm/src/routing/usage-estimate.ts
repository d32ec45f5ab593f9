import type {CompletionUsage} from '../model/completion-event.ts'
import {noUsage} from '../model/completion-usage.ts'
import {estimateOutputTokens} from './token-estimate.ts'

/** Of a request that was refused before a model read it. */
export const nothingUsed: CompletionUsage = {
  input: {total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0},
  output: {total: 0, text: 0, reasoning: 0},
  raw: null,
}

/**
 * What a call that broke off has used: as far as the provider said so, and the rest counted by us and marked so. What
 * was generated is paid for, also where nobody waited for the end.
 */
export function brokenOffUsage(
  told: CompletionUsage | undefined,
  seen: {readonly inputTokens: number; readonly generatedBytes: number},
): CompletionUsage {
  const output = Math.max(told?.output.total ?? 0, estimateOutputTokens(seen.generatedBytes))
  const input = told?.input.total ?? seen.inputTokens
  return {
    input: {...(told?.input ?? noUsage.input), total: input},
    output: {total: output, text: null, reasoning: told?.output.reasoning ?? null},
    raw: told?.raw ?? null,
    estimated: true,
  }
}
