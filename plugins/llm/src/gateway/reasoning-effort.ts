import * as z from 'zod'
import type {CompletionWarning} from '../model/completion-event.ts'
import type {CompletionRequest} from '../model/completion-request.ts'

/** As OpenAI and Anthropic name them; the last two are not known everywhere. */
export const Effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

/** How hard a model shall think, in the gateway's words: nothing is above `high` there. */
export function effortOf(
  given: z.output<typeof Effort> | undefined,
  parameter: string,
): {readonly effort: CompletionRequest['reasoningEffort']; readonly warnings: readonly CompletionWarning[]} {
  if (given !== 'xhigh' && given !== 'max') return {effort: given, warnings: []}
  return {effort: 'high', warnings: [{parameter, message: `${given} was taken as high`}]}
}
