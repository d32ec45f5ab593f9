import type {CompletionMessage, ToolResultPart} from '../model/completion-request.ts'

type AssistantPart = Extract<CompletionMessage, {readonly role: 'assistant'}>['content'][number]

/** Adds a tool's result. Results that follow each other are one turn: they answer calls that were made at once. */
export function addToolResult(messages: CompletionMessage[], result: ToolResultPart): void {
  const last = messages.at(-1)
  if (last?.role === 'tool') append(last.content, result)
  else messages.push({role: 'tool', content: [result]})
}

/** Adds what a model said: a turn of its may be many items of a request. */
export function addToAssistant(messages: CompletionMessage[], part: AssistantPart): void {
  const last = messages.at(-1)
  if (last?.role === 'assistant') append(last.content, part)
  else messages.push({role: 'assistant', content: [part]})
}

/** In place: a body has room for so many that copying those before with each would take minutes. */
function append<Part>(content: readonly Part[], part: Part): void {
  ;(content as Part[]).push(part)
}
