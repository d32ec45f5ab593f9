import type {CompletionMessage, ToolResultPart} from '../model/completion-request.ts'

/** Adds a tool's result. Results that follow each other are one turn: they answer calls that were made at once. */
export function addToolResult(messages: CompletionMessage[], result: ToolResultPart): void {
  const last = messages.at(-1)
  if (last?.role === 'tool') messages[messages.length - 1] = {role: 'tool', content: [...last.content, result]}
  else messages.push({role: 'tool', content: [result]})
}
