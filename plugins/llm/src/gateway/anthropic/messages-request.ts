import * as z from 'zod'
import type {CompletionWarning} from '../../model/completion-event.ts'
import type {
  CompletionMessage,
  CompletionRequest,
  ImagePart,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolDefinition,
  ToolResultPart,
} from '../../model/completion-request.ts'
import {addToolResult} from '../conversation.ts'
import {type FetchedImages, imageAt, imageOfBase64, isRemote} from '../image-source.ts'
import {
  breakpointIn,
  cacheControl,
  CacheControl,
  checkedMarks,
  isMarkable,
  unmarkable,
  withPlainInstructions,
} from '../prompt-cache.ts'
import {Effort, effortOf} from '../reasoning-effort.ts'
import {InvalidRequestError, UnsupportedParameterError} from '../request-error.ts'
import {checked, type FieldRules, ModelName, sortedFields} from '../request-fields.ts'
import {checkedToolChoice} from '../tool-choice.ts'
import {callSignatureOf, type Signed, signedOf, withCallSignatures} from '../signature.ts'

/** `POST /v1/messages` (https://docs.claude.com/en/api/messages), read into the words of the gateway. */
export interface MessagesRequest {
  readonly target: string
  readonly stream: boolean
  readonly request: CompletionRequest
  readonly warnings: readonly CompletionWarning[]
}

const Text = z
  .strictObject({
    type: z.literal('text'),
    text: z.string(),
    citations: z.array(z.unknown()).max(0, 'citations are not supported').nullish(),
    ...cacheControl,
  })
  .refine(isMarkable, unmarkable)
const Image = z.strictObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('base64'),
      media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
      data: z.string(),
    }),
    z.strictObject({type: z.literal('url'), url: z.string()}),
  ]),
  ...cacheControl,
})
const Thinking = z.strictObject({type: z.literal('thinking'), thinking: z.string(), signature: z.string()})
const RedactedThinking = z.strictObject({type: z.literal('redacted_thinking'), data: z.string()})
const ToolUse = z.strictObject({
  type: z.literal('tool_use'),
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.record(z.string(), z.unknown()),
  caller: z.strictObject({type: z.literal('direct')}).nullish(),
  toolset_name: z.null().optional(),
  ...cacheControl,
})
const ToolResult = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [Text, Image]))]).nullish(),
  is_error: z.boolean().nullish(),
  ...cacheControl,
})
const shownKinds = 'is not supported here: text, image and tool_result are'
const Message = z.discriminatedUnion('role', [
  z.strictObject({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [Text, Image, ToolResult], shownKinds)).min(1)]),
  }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [Text, Thinking, RedactedThinking, ToolUse]))]),
  }),
  z.strictObject({role: z.literal('system'), content: z.union([z.string(), z.array(Text)])}),
])

const Tool = z.strictObject({
  type: z.literal('custom', 'only tools of the client are supported').nullish(),
  name: z.string().min(1),
  description: z.string().nullish(),
  input_schema: z.record(z.string(), z.unknown()),
  strict: z.boolean().nullish(),
  eager_input_streaming: z.boolean().nullish(),
  defer_loading: z.literal(false).nullish(),
  ...cacheControl,
})

const parallel = {disable_parallel_tool_use: z.boolean().nullish()}
const ToolChoice = z.discriminatedUnion('type', [
  z.strictObject({type: z.literal('auto'), ...parallel}),
  z.strictObject({type: z.literal('any'), ...parallel}),
  z.strictObject({type: z.literal('tool'), name: z.string().min(1), ...parallel}),
  z.strictObject({type: z.literal('none')}),
])

const display = {display: z.enum(['summarized', 'omitted']).nullish()}
const ThinkingConfig = z.discriminatedUnion('type', [
  z.strictObject({type: z.literal('enabled'), budget_tokens: z.int().min(1), ...display}),
  z.strictObject({type: z.literal('adaptive'), ...display}),
  z.strictObject({type: z.literal('disabled')}),
])

const Body = z.object({
  model: ModelName,
  max_tokens: z.int().min(1),
  messages: z.array(Message).min(1),
  system: z.union([z.string(), z.array(Text)]).optional(),
  stream: z.boolean().optional(),
  tools: z.array(Tool).optional(),
  tool_choice: ToolChoice.optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).optional(),
  stop_sequences: z.array(z.string()).max(16).optional(),
  thinking: ThinkingConfig.optional(),
  output_config: z
    .strictObject({
      effort: Effort.nullish(),
      format: z.strictObject({type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown())}).nullish(),
    })
    .optional(),
  metadata: z.strictObject({user_id: z.string().nullish()}).optional(),
  cache_control: CacheControl.optional(),
})

type Body = z.output<typeof Body>

/** What leaves a conversation as it is; Claude Code asks for the last. */
const idleContextManagement = [{}, {edits: []}, {edits: [{type: 'clear_thinking_20251015', keep: 'all'}]}]

export const messagesFields: FieldRules = {
  obeyed: new Set<string>(Object.keys(Body.shape)),
  ignored: {
    service_tier: 'the deployment decides',
    diagnostics: 'is not passed on',
    user_profile_id: 'is not passed on',
    workspace_id: 'is not passed on',
  },
  refused: {
    container: {unless: [], why: 'tools run at the client'},
    thread: {unless: [], why: 'conversations are not kept; send this one as messages'},
    compaction: {unless: [], why: 'the conversation is sent as it is'},
    fallbacks: {unless: [[]], why: 'name a group, which has its own'},
    output_format: {unless: [], why: 'it is output_config.format'},
    mcp_servers: {unless: [[]], why: 'tools run at the client'},
    inference_geo: {unless: [], why: 'send the header x-omni-region, which the router obeys'},
    speed: {unless: ['standard'], why: 'the deployment decides'},
    context_management: {unless: idleContextManagement, why: 'the conversation is sent as it is'},
  },
}

/** Tokens of a thinking budget up to which it is low or medium effort. The API asks for 1,024 at least. */
const lowBudget = 4_096
const mediumBudget = 16_384

/** The pictures that the request names by http(s). */
export function messagesImageUrls(body: Readonly<Record<string, unknown>>): string[] {
  const messages = Array.isArray(body.messages) ? (body.messages as unknown[]) : []
  const blocks = messages.flatMap(message => (message as {content?: unknown} | null)?.content)
  const nested = blocks.flatMap(block => (block as {content?: unknown} | null)?.content)
  const urls = [...blocks, ...nested].map(
    block => (block as {source?: {url?: unknown}} | null | undefined)?.source?.url,
  )
  return urls.filter((url): url is string => typeof url === 'string' && isRemote(url))
}

/** @throws InvalidRequestError, UnknownParameterError, UnsupportedParameterError */
export function readMessagesRequest(given: Readonly<Record<string, unknown>>, images: FetchedImages): MessagesRequest {
  const {fields, warnings} = sortedFields(given, messagesFields)
  const body = checked(Body, fields)
  const {instructions, messages, moved} = conversationOf(body.messages, images)
  if (moved) warnings.push({parameter: 'messages', message: 'instructions were moved to before the first message'})
  const thinking = thinkingOf(body)
  const system = [...partsOf(body.system ?? []), ...instructions]
  const {tool_choice: choice, output_config: output, metadata} = body
  const disable = choice && 'disable_parallel_tool_use' in choice ? choice.disable_parallel_tool_use : undefined
  const request = withPlainInstructions({
    ...(system.length === 0 ? {} : {system}),
    messages,
    ...(body.tools && body.tools.length > 0 ? {tools: body.tools.map(toolOf)} : {}),
    ...(choice === undefined ? {} : {toolChoice: toolChoiceOf(choice)}),
    ...(disable == null ? {} : {parallelToolCalls: !disable}),
    ...(output?.format ? {responseFormat: {type: 'schema', name: 'answer', schema: output.format.schema}} : {}),
    maxOutputTokens: body.max_tokens,
    ...(body.temperature === undefined ? {} : {temperature: body.temperature}),
    ...(body.top_p === undefined ? {} : {topP: body.top_p}),
    ...(body.top_k === undefined || body.top_k === 0 ? {} : {topK: body.top_k}),
    ...(body.stop_sequences && body.stop_sequences.length > 0 ? {stop: body.stop_sequences} : {}),
    ...(thinking.effort === undefined ? {} : {reasoningEffort: thinking.effort}),
    ...(isHidden(body.thinking) ? {reasoningSummary: 'none'} : {}),
    ...(metadata?.user_id == null ? {} : {user: metadata.user_id}),
    ...breakpointIn(body),
  })
  checkedToolChoice(request.tools, request.toolChoice)
  return {
    target: body.model,
    stream: body.stream === true,
    warnings: [...warnings, ...unsaid(body), ...checkedMarks(body, request), ...thinking.warnings],
    request,
  }
}

function isHidden(thinking: Body['thinking']): boolean {
  return thinking !== undefined && 'display' in thinking && thinking.display === 'omitted'
}

/** What is read and goes nowhere. */
function unsaid({tools = []}: Body): CompletionWarning[] {
  return tools.some(tool => tool.eager_input_streaming)
    ? [{parameter: 'tools.eager_input_streaming', message: 'is not passed on'}]
    : []
}

function conversationOf(given: Body['messages'], images: FetchedImages) {
  const instructions: TextPart[] = []
  const messages: CompletionMessage[] = []
  const toolNames = new Map<string, string>()
  let moved = false
  for (const [index, message] of given.entries()) {
    const at = `messages[${index}].content`
    if (message.role === 'system') {
      moved ||= messages.length > 0
      instructions.push(...partsOf(message.content))
    } else if (message.role === 'assistant') {
      const content = assistantContent(message.content)
      for (const part of content) if (part.type === 'tool-call') toolNames.set(part.id, part.name)
      messages.push({role: 'assistant', content})
    } else addUserContent(messages, message.content, {toolNames, images, at})
  }
  return {instructions, messages, moved}
}

function partsOf(content: string | readonly z.output<typeof Text>[]): TextPart[] {
  const parts = typeof content === 'string' ? [{type: 'text' as const, text: content}] : content.map(textPart)
  return parts.filter(({text}) => text !== '')
}

function textPart(block: z.output<typeof Text>): TextPart {
  return {type: 'text', text: block.text, ...breakpointIn(block)}
}

function assistantContent(
  content: Extract<Body['messages'][number], {role: 'assistant'}>['content'],
): (TextPart | ReasoningPart | ToolCallPart)[] {
  if (typeof content === 'string') return content === '' ? [] : [{type: 'text', text: content}]
  const signatures = new Map<string, Signed>()
  const parts = content.flatMap((block): (TextPart | ReasoningPart | ToolCallPart)[] => {
    switch (block.type) {
      case 'text':
        return partsOf([block])
      case 'thinking': {
        const signed = signedOf(block.signature)
        return [{type: 'reasoning', text: block.thinking, ...(signed ? {signed} : {})}]
      }
      case 'redacted_thinking': {
        const ofCall = callSignatureOf(block.data)
        if (ofCall) signatures.set(ofCall.call, ofCall.signed)
        const signed = signedOf(block.data)
        return signed ? [{type: 'reasoning', text: '', signed}] : []
      }
      case 'tool_use':
        return [
          {
            type: 'tool-call',
            id: block.id,
            name: block.name,
            input: JSON.stringify(block.input),
            ...breakpointIn(block),
          },
        ]
    }
  })
  return withCallSignatures(parts, signatures)
}

interface Reading {
  readonly toolNames: ReadonlyMap<string, string>
  readonly images: FetchedImages
  readonly at: string
}

/** Results of tools are turns of their own: what stands before and after them stays there. */
function addUserContent(
  messages: CompletionMessage[],
  content: Extract<Body['messages'][number], {role: 'user'}>['content'],
  reading: Reading,
): void {
  if (typeof content === 'string') {
    messages.push({role: 'user', content: [{type: 'text', text: content}]})
    return
  }
  let said: (TextPart | ImagePart)[] = []
  const flush = () => {
    if (said.length > 0) messages.push({role: 'user', content: said})
    said = []
  }
  for (const [index, block] of content.entries()) {
    const at = `${reading.at}[${index}]`
    if (block.type === 'tool_result') {
      flush()
      addToolResult(messages, toolResult(block, {...reading, at}))
    } else said.push(shown(block, {...reading, at}))
  }
  flush()
}

function shown(block: z.output<typeof Text> | z.output<typeof Image>, {images, at}: Reading): TextPart | ImagePart {
  if (block.type === 'text') return textPart(block)
  const {source} = block
  const mark = breakpointIn(block)
  if (source.type === 'url') return {type: 'image', ...imageAt(source.url, images, `${at}.source.url`), ...mark}
  const image = imageOfBase64(source.data, `${at}.source.data`)
  if (image.mediaType === source.media_type) return {type: 'image', ...image, ...mark}
  throw new InvalidRequestError(
    `${at}.source.media_type: says ${source.media_type}, and the picture is ${image.mediaType}`,
    `${at}.source.media_type`,
  )
}

function toolResult(block: z.output<typeof ToolResult>, reading: Reading): ToolResultPart {
  const {tool_use_id: id, content, is_error: isError} = block
  const name = reading.toolNames.get(id)
  if (name === undefined) {
    const parameter = `${reading.at}.tool_use_id`
    throw new InvalidRequestError(`${parameter}: no message before it calls a tool with this id`, parameter)
  }
  const parts =
    typeof content === 'string'
      ? [{type: 'text' as const, text: content}]
      : (content ?? []).map((part, index) => shown(part, {...reading, at: `${reading.at}.content[${index}]`}))
  return {type: 'tool-result', id, name, content: parts, ...(isError == null ? {} : {isError}), ...breakpointIn(block)}
}

function toolOf(tool: z.output<typeof Tool>): ToolDefinition {
  const {name, description, input_schema: inputSchema, strict} = tool
  return {
    name,
    ...(description == null ? {} : {description}),
    inputSchema,
    ...(strict == null ? {} : {strict}),
    ...breakpointIn(tool),
  }
}

function toolChoiceOf(choice: z.output<typeof ToolChoice>) {
  if (choice.type === 'tool') return {tool: choice.name}
  return choice.type === 'any' ? 'required' : choice.type
}

/** What `count_tokens` does not have of a message: what is to be done with it. */
const uncounted = ['max_tokens', 'stream', 'temperature', 'top_p', 'top_k', 'stop_sequences', 'metadata']

export const countFields: FieldRules = {
  ...messagesFields,
  obeyed: messagesFields.obeyed.difference(new Set(uncounted)),
}

/** A body of `POST /v1/messages/count_tokens`. @throws as `readMessagesRequest` */
export function readCountRequest(given: Readonly<Record<string, unknown>>, images: FetchedImages): MessagesRequest {
  const {fields, warnings} = sortedFields(given, countFields)
  const read = readMessagesRequest({...fields, max_tokens: Number.MAX_SAFE_INTEGER}, images)
  return {...read, warnings: [...warnings, ...read.warnings]}
}

/** A budget becomes the effort that comes nearest, as no other vendor knows budgets. */
function thinkingOf({thinking, output_config: output, max_tokens: most}: Body): {
  readonly effort: CompletionRequest['reasoningEffort']
  readonly warnings: readonly CompletionWarning[]
} {
  if (thinking?.type === 'disabled') return {effort: 'none', warnings: []}
  const asked = effortOf(output?.effort ?? undefined, 'output_config.effort')
  if (thinking?.type !== 'enabled') {
    return {...asked, effort: asked.effort ?? (thinking?.type === 'adaptive' ? 'high' : undefined)}
  }
  const {budget_tokens: budget} = thinking
  if (budget >= most) {
    const parameter = 'thinking.budget_tokens'
    throw new UnsupportedParameterError(`${parameter} must be less than max_tokens`, parameter)
  }
  const effort = asked.effort ?? (budget <= lowBudget ? 'low' : budget <= mediumBudget ? 'medium' : 'high')
  const message = `was taken as the effort ${effort}`
  return {effort, warnings: [...asked.warnings, {parameter: 'thinking.budget_tokens', message}]}
}
