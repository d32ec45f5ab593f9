import type {CompletionWarning} from '../model/completion-event.ts'
import type {CompletionMessage, CompletionRequest, ImagePart, ToolCallPart} from '../model/completion-request.ts'

/** Parameters that a provider has no way to obey, as far as the request has them. */
export function ignoredParameters(
  provider: string,
  request: CompletionRequest,
  names: readonly (keyof CompletionRequest)[],
): CompletionWarning[] {
  return names
    .filter(name => request[name] !== undefined)
    .map(parameter => ({parameter, message: `${provider} has no ${parameter}; it was left out`}))
}

/** What a provider does not do of how closely pictures are looked at. */
export function ignoredDetail(provider: string, {messages}: CompletionRequest): CompletionWarning[] {
  const parts = messages.flatMap(message => message.content.flatMap(part => ('content' in part ? part.content : part)))
  const isAsked = parts.some(part => part.type === 'image' && part.detail !== undefined && part.detail !== 'auto')
  return isAsked ? [{parameter: 'image.detail', message: `${provider} has no detail of pictures; it was left out`}] : []
}

/** What a provider does not do of tools whose calls have to keep to their schemas. */
export function ignoredStrictness(provider: string, {tools}: CompletionRequest): CompletionWarning[] {
  if (!tools?.some(({strict}) => strict)) return []
  return [{parameter: 'tools.strict', message: `${provider} has no strict tools; calls may not fit their schemas`}]
}

/** What a provider does not do of how much is told of thoughts, where it tells them as it likes. */
export function ignoredSummary(provider: string, {reasoningSummary: wish}: CompletionRequest): CompletionWarning[] {
  if (wish === undefined || wish === 'auto') return []
  return [{parameter: 'reasoningSummary', message: `${provider} tells of thoughts as it likes; ${wish} was left out`}]
}

export function withoutParameters(
  request: CompletionRequest,
  names: readonly (keyof CompletionRequest)[],
): CompletionRequest {
  const left = Object.entries(request).filter(([name]) => !names.includes(name as keyof CompletionRequest))
  return Object.fromEntries(left) as unknown as CompletionRequest
}

/** A number brought into the range that a provider takes, with a warning where that changed it. */
export function clamped(
  parameter: keyof CompletionRequest,
  value: number,
  highest: number,
  warnings: CompletionWarning[],
): number {
  if (value <= highest) return value
  warnings.push({parameter, message: `${parameter} ends at ${highest} here; ${value} was brought down to it`})
  return highest
}

/** A request without what is undefined. */
export function defined<T extends object>(values: T): {[K in keyof T]: Exclude<T[K], undefined>} {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

/** A part of what somebody said, and no result of a tool. */
export type SaidPart = Exclude<CompletionMessage, {role: 'tool'}>['content'][number]

/** The texts among the parts, each on a line of its own. */
export function textOf(parts: readonly SaidPart[]): string {
  return parts.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n')
}

export function base64Of(image: ImagePart): string {
  const {buffer, byteOffset, byteLength} = image.bytes
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

/** As a URL that holds the picture itself. */
export function dataUrlOf(image: ImagePart): string {
  return `data:${image.mediaType};base64,${base64Of(image)}`
}

/**
 * The input of a tool call as an object, for protocols that carry no text of it. A model may have written what is no
 * object; it is then passed on under a name of its own rather than lost.
 */
export function inputObject(call: ToolCallPart): Record<string, unknown> {
  if (call.input.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(call.input)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Falls through: models write broken JSON now and then.
  }
  return {invalid_input: call.input}
}
