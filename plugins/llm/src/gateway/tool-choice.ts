import type {CompletionRequest, ToolDefinition} from '../model/completion-request.ts'
import {InvalidRequestError} from './request-error.ts'

/**
 * Checks that a tool which has to be called is one of those that may be, as both vendors do: a provider that is told
 * nothing of it would answer as if nobody had asked.
 * @throws InvalidRequestError
 */
export function checkedToolChoice(
  tools: readonly ToolDefinition[] | undefined,
  choice: CompletionRequest['toolChoice'],
): void {
  if (choice === undefined || choice === 'auto' || choice === 'none') return
  if (tools === undefined || tools.length === 0) {
    throw new InvalidRequestError('tool_choice: a tool has to be called, and there are no tools', 'tool_choice')
  }
  if (typeof choice === 'object' && !tools.some(({name}) => name === choice.tool)) {
    throw new InvalidRequestError(`tool_choice: there is no tool ${choice.tool}`, 'tool_choice')
  }
}
