import {type BreakpointPlace, breakpointsOf, withBreakpoints} from '../model/cache-breakpoints.ts'
import type {CompletionWarning} from '../model/completion-event.ts'
import type {CompletionRequest} from '../model/completion-request.ts'

/** What OpenAI alone has beside breakpoints. */
export const PROMPT_CACHE = ['promptCacheKey', 'promptCacheRetention', 'promptCacheOptions'] as const

/** Which breakpoints a model takes. */
export interface TakenBreakpoints {
  readonly places: readonly BreakpointPlace[]
  /** Whether it keeps anything for an hour where it is asked to. */
  readonly hour: boolean
  /** How many at most with one request; of more, the latest are set. */
  readonly most: number
}

/**
 * The request with the breakpoints that a model takes, and warnings of the others: they change what is paid, and not what
 * is answered, so that none is ever a reason to fail.
 *
 * @param taken Undefined where it takes none, as the provider caches by itself or not at all.
 */
export function takenBreakpoints(
  name: string,
  request: CompletionRequest,
  taken: TakenBreakpoints | undefined,
  warnings: CompletionWarning[],
): CompletionRequest {
  if (breakpointsOf(request).length === 0) return request
  const warn = (message: string) => warnings.push({parameter: 'cacheBreakpoint', message})
  if (taken === undefined) {
    warn(`${name} has no cache breakpoints, and caches by itself if at all; they were left out`)
    return withBreakpoints(request, () => undefined)
  }
  const misplaced = new Set<BreakpointPlace>()
  let shortened = false
  const fitting = withBreakpoints(request, (breakpoint, place) => {
    if (!taken.places.includes(place)) {
      misplaced.add(place)
      return undefined
    }
    if (breakpoint.ttl !== '1h' || taken.hour) return breakpoint
    shortened = true
    return {}
  })
  for (const place of misplaced) warn(`${name} has no cache breakpoints on ${place}; they were left out`)
  if (shortened) warn(`${name} promises to keep nothing for an hour; it is kept as long as it does without being asked`)
  let surplus = breakpointsOf(fitting).length - taken.most
  if (surplus <= 0) return fitting
  warn(`${name} takes ${taken.most} cache breakpoints; the latest ${taken.most} were set`)
  return withBreakpoints(fitting, breakpoint => (surplus-- > 0 ? undefined : breakpoint))
}
