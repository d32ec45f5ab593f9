import type * as z from 'zod'
import type {CompletionWarning} from '../../model/completion-event.ts'
import type {
  CompletionMessage,
  CompletionRequest,
  ImagePart,
  ReasoningPart,
  TextPart,
} from '../../model/completion-request.ts'
import {addToAssistant, addToolResult} from '../conversation.ts'
import {type FetchedImages, imageAt, isRemote} from '../image-source.ts'
import {breakpointIn, withPlainInstructions} from '../prompt-cache.ts'
import {type Effort, effortOf} from '../reasoning-effort.ts'
import {InvalidRequestError} from '../request-error.ts'
import {checked, sortedFields} from '../request-fields.ts'
import {callSignatureOf, type Signed, signedOf, withCallSignatures} from '../signature.ts'
import {sharedParameters, sharedWarnings, toolOf} from './request-parameters.ts'
import {Body, type Content, type Format, type FunctionTool, type Reasoning, responsesFields} from './responses-body.ts'

/**
 * `POST /v1/responses` (https://platform.openai.com/docs/api-reference/responses/create), read into the words of the
 * gateway. It keeps no responses, so that a conversation travels whole with every request.
 */
export interface ResponsesRequest {
  readonly target: string
  readonly stream: boolean
  readonly request: CompletionRequest
  readonly warnings: readonly CompletionWarning[]
  /** What a response repeats of its request. */
  readonly echo: ResponsesEcho
}

export interface ResponsesEcho {
  readonly instructions: string | null
  readonly metadata: Record<string, string> | null
  readonly temperature: number | null
  readonly topP: number | null
  readonly maxOutputTokens: number | null
  readonly parallelToolCalls: boolean
  readonly toolChoice: 'auto' | 'none' | 'required' | {readonly type: 'function'; readonly name: string}
  readonly tools: readonly z.output<typeof FunctionTool>[]
  readonly format: z.output<typeof Format>
  readonly effort: z.output<typeof Effort> | null
  readonly summary: 'auto' | 'concise' | 'detailed' | null
}

/** The pictures that the request names by http(s). */
export function responsesImageUrls({input}: Readonly<Record<string, unknown>>): string[] {
  const items = Array.isArray(input) ? (input as unknown[]) : []
  const parts = items.flatMap(item => {
    const {content, output} = (item ?? {}) as {content?: unknown; output?: unknown}
    return [content, output].flat()
  })
  const urls = parts.map(part => (part as {image_url?: unknown} | null | undefined)?.image_url)
  return urls.filter((url): url is string => typeof url === 'string' && isRemote(url))
}

/** @throws InvalidRequestError, UnknownParameterError, UnsupportedParameterError */
export function readResponsesRequest(sent: Readonly<Record<string, unknown>>, images: FetchedImages): ResponsesRequest {
  const {fields, warnings} = sortedFields(sent, responsesFields)
  const body = checked(Body, withItemTypes(fields))
  const {instructions, messages, moved} = conversationOf(body.input, images)
  if (moved) warnings.push({parameter: 'input', message: 'instructions were moved to before the first message'})
  const {effort, warnings: more} = effortOf(body.reasoning?.effort ?? undefined, 'reasoning.effort')
  const given = body.instructions === undefined ? [] : [{type: 'text' as const, text: body.instructions}]
  const system = [...given, ...instructions].filter(({text}) => text !== '')
  const {tool_choice: choice} = body
  return {
    target: body.model,
    stream: body.stream === true,
    warnings: [...warnings, ...sharedWarnings(body), ...unsaid(body), ...more],
    echo: echoOf(body),
    request: withPlainInstructions({
      ...(system.length === 0 ? {} : {system}),
      messages,
      ...sharedParameters(body, {
        tools: body.tools?.map(toolOf),
        toolChoice: typeof choice === 'object' ? {tool: choice.name} : choice,
        format: body.text?.format ?? undefined,
      }),
      ...(body.max_output_tokens === undefined ? {} : {maxOutputTokens: body.max_output_tokens}),
      ...(effort === undefined ? {} : {reasoningEffort: effort}),
      ...(body.reasoning?.summary == null ? {} : {reasoningSummary: body.reasoning.summary}),
    }),
  }
}

/** What is read and goes nowhere. */
function unsaid({input, text}: Body): CompletionWarning[] {
  const warnings: CompletionWarning[] = []
  if (text?.verbosity) {
    warnings.push({parameter: 'text.verbosity', message: 'is not passed on; say it in the instructions'})
  }
  if (text?.format?.type === 'json_schema' && text.format.description) {
    warnings.push({parameter: 'text.format.description', message: 'is not passed on'})
  }
  if (typeof input !== 'string' && input.some(item => 'phase' in item && item.phase != null)) {
    warnings.push({parameter: 'input.phase', message: 'is not passed on'})
  }
  return warnings
}

/** A message need not say that it is one. */
function withItemTypes(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const {input} = fields
  if (!Array.isArray(input)) return fields
  const typed = (input as unknown[]).map(item =>
    typeof item === 'object' && item !== null && 'role' in item && !('type' in item)
      ? {...item, type: 'message'}
      : item,
  )
  return {...fields, input: typed}
}

function conversationOf(input: Body['input'], images: FetchedImages) {
  if (typeof input === 'string') {
    const messages: CompletionMessage[] = [{role: 'user', content: [{type: 'text', text: input}]}]
    return {instructions: [] as TextPart[], messages, moved: false}
  }
  const instructions: TextPart[] = []
  const messages: CompletionMessage[] = []
  const toolNames = new Map<string, string>()
  const signatures = new Map<string, Signed>()
  let moved = false
  for (const [index, item] of input.entries()) {
    const at = `input[${index}]`
    switch (item.type) {
      case 'reasoning': {
        const ofCall = callSignatureOf(item.encrypted_content ?? undefined)
        if (ofCall) signatures.set(ofCall.call, ofCall.signed)
        else addToAssistant(messages, thought(item))
        break
      }
      case 'function_call':
        toolNames.set(item.call_id, item.name)
        addToAssistant(messages, {type: 'tool-call', id: item.call_id, name: item.name, input: item.arguments})
        break
      case 'function_call_output': {
        const name = toolNames.get(item.call_id)
        if (name === undefined) {
          throw new InvalidRequestError(`${at}.call_id: no item before it is a call with this id`, `${at}.call_id`)
        }
        const content = partsOf(item.output, images, `${at}.output`)
        addToolResult(messages, {type: 'tool-result', id: item.call_id, name, content})
        break
      }
      default:
        if (item.role === 'assistant') {
          for (const part of textsOf(item.content, `${at}.content`)) addToAssistant(messages, part)
        } else if (item.role === 'user') {
          messages.push({role: 'user', content: partsOf(item.content, images, `${at}.content`)})
        } else {
          moved ||= messages.length > 0
          instructions.push(...textsOf(item.content, `${at}.content`))
        }
    }
  }
  return {instructions, messages: messages.map(message => signedMessage(message, signatures)), moved}
}

function signedMessage(message: CompletionMessage, signatures: ReadonlyMap<string, Signed>): CompletionMessage {
  return message.role === 'assistant'
    ? {role: 'assistant', content: withCallSignatures(message.content, signatures)}
    : message
}

function thought({summary, content, encrypted_content: sealed}: z.output<typeof Reasoning>): ReasoningPart {
  const signed = signedOf(sealed ?? undefined)
  const text = [...(content ?? []), ...summary].map(part => part.text).join('\n\n')
  return {type: 'reasoning', text, ...(signed ? {signed} : {})}
}

type WireContent = string | readonly z.output<typeof Content>[]

function partsOf(content: WireContent, images: FetchedImages, at: string): (TextPart | ImagePart)[] {
  if (typeof content === 'string') return [{type: 'text', text: content}]
  return content.map((part, index): TextPart | ImagePart => {
    if (part.type !== 'input_image') return textPart(part)
    const image = imageAt(part.image_url, images, `${at}[${index}].image_url`)
    return {type: 'image', ...image, ...(part.detail == null ? {} : {detail: part.detail}), ...breakpointIn(part)}
  })
}

function textsOf(content: WireContent, at: string): TextPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{type: 'text', text: content}]
  return content.map((part, index): TextPart => {
    if (part.type === 'input_image') {
      throw new InvalidRequestError(`${at}[${index}]: only a user shows pictures`, `${at}[${index}]`)
    }
    return textPart(part)
  })
}

function textPart(part: Exclude<z.output<typeof Content>, {type: 'input_image'}>): TextPart {
  if (part.type === 'refusal') return {type: 'text', text: part.refusal}
  return {type: 'text', text: part.text, ...(part.type === 'input_text' ? breakpointIn(part) : {})}
}

function echoOf(body: Body): ResponsesEcho {
  return {
    instructions: body.instructions ?? null,
    metadata: body.metadata ?? null,
    temperature: body.temperature ?? null,
    topP: body.top_p ?? null,
    maxOutputTokens: body.max_output_tokens ?? null,
    parallelToolCalls: body.parallel_tool_calls ?? true,
    toolChoice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    format: body.text?.format ?? {type: 'text'},
    effort: body.reasoning?.effort ?? null,
    summary: body.reasoning?.summary ?? null,
  }
}
