import type {CacheBreakpoint, CompletionRequest} from '../model/completion-request.ts'
import type {ProviderName} from '../model/provider-adapter.ts'
import type {PROMPT_CACHE, TakenBreakpoints} from './prompt-cache.ts'

/**
 * OpenAI caches by itself; from GPT-5.6 on it also takes breakpoints, keeps what they end for 30 minutes, and charges for
 * writing (https://developers.openai.com/api/docs/guides/prompt-caching). It writes the latest four of them and looks
 * for more; the end of the prompt is one without being asked. Others that speak like OpenAI take none.
 */
export function breakpointsTakenBy(provider: ProviderName, model: string): TakenBreakpoints | undefined {
  if (provider !== 'openai' || !hasBreakpoints(model)) return undefined
  return {places: ['instructions', 'messages', 'the prompt'], hour: false, most: Number.POSITIVE_INFINITY}
}

function hasBreakpoints(model: string): boolean {
  return /^gpt-(?:5\.[6-9]|[6-9])/.test(model)
}

/** The parameters of its cache that a model or version does not know, or refuses. */
export function unknownOfPromptCache(
  model: string,
  {promptCacheRetention}: CompletionRequest,
  {knowsPromptCacheKey}: {readonly knowsPromptCacheKey: boolean},
): (typeof PROMPT_CACHE)[number][] {
  if (!knowsPromptCacheKey) return ['promptCacheKey', 'promptCacheRetention', 'promptCacheOptions']
  return [
    // From GPT-5.5 on it is 24 hours or an error.
    ...(promptCacheRetention === 'in_memory' && /^gpt-(?:5\.[5-9]|[6-9])/.test(model)
      ? (['promptCacheRetention'] as const)
      : []),
    ...(hasBreakpoints(model) ? [] : (['promptCacheOptions'] as const)),
  ]
}

export function promptCacheOf({promptCacheKey, promptCacheRetention, promptCacheOptions}: CompletionRequest) {
  return {
    prompt_cache_key: promptCacheKey,
    prompt_cache_retention: promptCacheRetention,
    prompt_cache_options: promptCacheOptions,
  }
}

interface Marked {
  readonly cacheBreakpoint?: CacheBreakpoint | undefined
}

export function isMarked(parts: readonly Marked[]): boolean {
  return parts.some(({cacheBreakpoint}) => cacheBreakpoint !== undefined)
}

export function breakpointMark({cacheBreakpoint}: Marked) {
  return cacheBreakpoint === undefined ? {} : {prompt_cache_breakpoint: {mode: 'explicit' as const}}
}
