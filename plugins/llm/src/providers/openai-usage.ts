import type {CompletionUsage} from '../model/completion-event.ts'

/** What OpenAI's APIs count, under different names; null where an answer does not say. */
interface OpenAiCounts {
  readonly input: number | null
  readonly cacheRead: number | null
  readonly cacheWrite: number | null
  readonly output: number | null
  readonly reasoning: number | null
}

/** Cached tokens are part of the input's, tokens of reasoning part of the output's. */
export function openAiUsage(
  {input, cacheRead, cacheWrite, output, reasoning}: OpenAiCounts,
  raw: unknown,
): CompletionUsage {
  const noCache = input === null ? null : input - (cacheRead ?? 0) - (cacheWrite ?? 0)
  const text = output === null ? null : output - (reasoning ?? 0)
  return {input: {total: input, noCache, cacheRead, cacheWrite}, output: {total: output, text, reasoning}, raw}
}
