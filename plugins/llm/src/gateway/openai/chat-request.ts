import * as z from 'zod'
import type {CompletionWarning} from '../../model/completion-event.ts'
import type {
  CompletionMessage,
  CompletionRequest,
  ImagePart,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../model/completion-request.ts'
import {addToolResult} from '../conversation.ts'
import {type FetchedImages, imageAt, isRemote} from '../image-source.ts'
import {
  breakpointIn,
  cacheControl,
  CacheControl,
  checkedMarks,
  isMarkable,
  promptCacheBreakpoint,
  unmarkable,
  withPlainInstructions,
} from '../prompt-cache.ts'
import {Effort, effortOf} from '../reasoning-effort.ts'
import {InvalidRequestError} from '../request-error.ts'
import {checked, type FieldRules, sortedFields} from '../request-fields.ts'
import {signedOf} from '../signature.ts'
import {
  functionFields,
  plainFormats,
  schemaFields,
  sharedFields,
  sharedIgnored,
  sharedParameters,
  sharedRefused,
  sharedWarnings,
  toolModes,
  toolOf,
} from './request-parameters.ts'

/**
 * `POST /v1/chat/completions` (https://platform.openai.com/docs/api-reference/chat/create), read into the words of the
 * gateway. `reasoning_content` and `reasoning_signature` of an assistant's message, and `extra_content.omni` of a tool
 * call, are what this gateway itself put into an answer.
 */
export interface ChatRequest {
  readonly target: string
  readonly stream: boolean
  /** Whether the client wants the usage as the last chunk. */
  readonly includeUsage: boolean
  readonly request: CompletionRequest
  readonly warnings: readonly CompletionWarning[]
}

const marks = {...cacheControl, ...promptCacheBreakpoint}
const TextContent = z.strictObject({type: z.literal('text'), text: z.string(), ...marks}).refine(isMarkable, unmarkable)
const RefusalContent = z.strictObject({type: z.literal('refusal'), refusal: z.string()})
const ImageContent = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({url: z.string(), detail: z.enum(['auto', 'low', 'high', 'original']).nullish()}),
  ...marks,
})
const UserContent = z.discriminatedUnion(
  'type',
  [TextContent, ImageContent],
  'is not supported here: text and image_url are',
)
const Texts = z.union([z.string(), z.array(TextContent).min(1)])
const Instructions = z.strictObject({
  role: z.enum(['system', 'developer']),
  content: Texts,
  name: z.string().optional(),
  ...cacheControl,
})
const User = z.strictObject({
  role: z.literal('user'),
  content: z.union([z.string(), z.array(UserContent).min(1)]),
  name: z.string().optional(),
  ...cacheControl,
})
const ToolCall = z.strictObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.strictObject({name: z.string().min(1), arguments: z.string(), parsed_arguments: z.unknown().optional()}),
  /** Where a streamed message was put together by hand. */
  index: z.int().optional(),
  extra_content: z.looseObject({omni: z.string().optional()}).nullish(),
})
const Assistant = z.strictObject({
  role: z.literal('assistant'),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [TextContent, RefusalContent]))]).nullish(),
  refusal: z.string().nullish(),
  tool_calls: z.array(ToolCall).nullish(),
  reasoning_content: z.string().nullish(),
  reasoning_signature: z.string().nullish(),
  name: z.string().optional(),
  // What `parse()` of OpenAI's client adds to a message, and `parsed_arguments` to a call: the same once more.
  parsed: z.unknown().optional(),
  // Empty in every message that a client of OpenAI's sends back as it came.
  annotations: z.array(z.unknown()).max(0).nullish(),
  audio: z.null().optional(),
  function_call: z.null().optional(),
  ...cacheControl,
})
const Tool = z.strictObject({
  role: z.literal('tool'),
  tool_call_id: z.string().min(1),
  content: Texts,
  ...cacheControl,
})
const Message = z.discriminatedUnion('role', [Instructions, User, Assistant, Tool])

const FunctionTool = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({...functionFields, ...cacheControl}),
  ...cacheControl,
})

const Format = z.discriminatedUnion('type', [
  ...plainFormats,
  z.strictObject({type: z.literal('json_schema'), json_schema: z.strictObject(schemaFields)}),
])

const Body = z.object({
  ...sharedFields,
  messages: z.array(Message).min(1),
  stream_options: z
    .strictObject({include_usage: z.boolean().nullish(), include_obfuscation: z.boolean().nullish()})
    .optional(),
  tools: z.array(FunctionTool).optional(),
  tool_choice: z
    .union([
      toolModes,
      z.strictObject({type: z.literal('function'), function: z.strictObject({name: z.string().min(1)})}),
    ])
    .optional(),
  response_format: Format.optional(),
  max_tokens: z.int().min(1).optional(),
  max_completion_tokens: z.int().min(1).optional(),
  top_k: z.int().min(1).optional(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).optional(),
  seed: z.int().optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  reasoning_effort: Effort.optional(),
  cache_control: CacheControl.optional(),
})

type Body = z.output<typeof Body>

export const chatFields: FieldRules = {
  obeyed: new Set(Object.keys(Body.shape)),
  ignored: {
    ...sharedIgnored,
    metadata: 'is not kept',
    verbosity: 'is not passed on; say it in the instructions',
  },
  refused: {
    ...sharedRefused,
    n: {unless: [1], why: 'there is one choice; ask several times'},
    store: {unless: [false], why: 'completions are not kept for later retrieval'},
    modalities: {unless: [['text']], why: 'answers are text'},
    logprobs: {unless: [false], why: 'not every provider has them'},
    logit_bias: {unless: [{}], why: 'tokens differ between the models behind a name'},
    audio: {unless: [], why: 'answers are text'},
    prediction: {unless: [], why: 'not every provider has it'},
    web_search_options: {unless: [], why: 'give the model a tool that searches'},
    functions: {unless: [[]], why: 'it is deprecated; use tools'},
    function_call: {unless: ['none'], why: 'it is deprecated; use tool_choice'},
  },
}

/** The pictures that the request names by http(s). */
export function chatImageUrls(body: Readonly<Record<string, unknown>>): string[] {
  const messages = Array.isArray(body.messages) ? (body.messages as unknown[]) : []
  const contents = messages.flatMap(message => (message as {content?: unknown} | null)?.content)
  const urls = contents.map(part => (part as {image_url?: {url?: unknown}} | null)?.image_url?.url)
  return urls.filter((url): url is string => typeof url === 'string' && isRemote(url))
}

/** @throws InvalidRequestError, UnknownParameterError, UnsupportedParameterError */
export function readChatRequest(given: Readonly<Record<string, unknown>>, images: FetchedImages): ChatRequest {
  const {fields, warnings} = sortedFields(given, chatFields)
  const body = checked(Body, fields)
  const {instructions, messages, moved, named} = conversationOf(body.messages, images)
  if (moved) warnings.push({parameter: 'messages', message: 'instructions were moved to before the first message'})
  if (named) warnings.push({parameter: 'messages.name', message: 'is not passed on'})
  const effort = effortOf(body.reasoning_effort, 'reasoning_effort')
  const {response_format: format, tool_choice: choice} = body
  if (format?.type === 'json_schema' && format.json_schema.description) {
    warnings.push({parameter: 'response_format.json_schema.description', message: 'is not passed on'})
  }
  if (body.max_tokens !== undefined && ![undefined, body.max_tokens].includes(body.max_completion_tokens)) {
    throw new InvalidRequestError('max_tokens and max_completion_tokens say different things', 'max_tokens')
  }
  const stop = body.stop === undefined ? undefined : [body.stop].flat()
  const maxOutputTokens = body.max_completion_tokens ?? body.max_tokens
  const request = withPlainInstructions({
    ...(instructions.length === 0 ? {} : {system: instructions}),
    messages,
    ...sharedParameters(body, {
      tools: body.tools?.map(tool => ({...toolOf(tool.function), ...breakpointIn(tool.function, tool)})),
      toolChoice: typeof choice === 'object' ? {tool: choice.function.name} : choice,
      format: format?.type === 'json_schema' ? {type: format.type, ...format.json_schema} : format,
    }),
    ...(maxOutputTokens === undefined ? {} : {maxOutputTokens}),
    ...(body.top_k === undefined ? {} : {topK: body.top_k}),
    ...(stop === undefined || stop.length === 0 ? {} : {stop}),
    ...(body.seed === undefined ? {} : {seed: body.seed}),
    ...(body.frequency_penalty === undefined ? {} : {frequencyPenalty: body.frequency_penalty}),
    ...(body.presence_penalty === undefined ? {} : {presencePenalty: body.presence_penalty}),
    ...(effort.effort === undefined ? {} : {reasoningEffort: effort.effort}),
    ...breakpointIn(body),
  })
  return {
    target: body.model,
    stream: body.stream === true,
    includeUsage: body.stream_options?.include_usage === true,
    warnings: [...warnings, ...sharedWarnings(body), ...checkedMarks(body, request), ...effort.warnings],
    request,
  }
}

function conversationOf(given: Body['messages'], images: FetchedImages) {
  const instructions: TextPart[] = []
  const messages: CompletionMessage[] = []
  const toolNames = new Map<string, string>()
  let moved = false
  let named = false
  for (const [index, message] of given.entries()) {
    const at = `messages[${index}]`
    named ||= 'name' in message && message.name !== undefined
    switch (message.role) {
      case 'system':
      case 'developer':
        moved ||= messages.length > 0
        instructions.push(...textParts(message))
        break
      case 'user':
        messages.push({role: 'user', content: userContent(message, images, at)})
        break
      case 'assistant':
        for (const call of message.tool_calls ?? []) toolNames.set(call.id, call.function.name)
        messages.push({role: 'assistant', content: assistantContent(message)})
        break
      case 'tool':
        addToolResult(messages, toolResult(message, toolNames, at))
    }
  }
  return {instructions, messages, moved, named}
}

function textOf(content: string | readonly {readonly text: string}[]): string {
  return typeof content === 'string' ? content : content.map(part => part.text).join('')
}

type TextBlock = z.output<typeof TextContent>

/** The texts of a message, each with its breakpoint; that of the message stands on the last. */
function textParts(message: {
  readonly content: string | readonly TextBlock[]
  readonly cache_control?: TextBlock['cache_control']
}) {
  const {content} = message
  const blocks: readonly TextBlock[] = typeof content === 'string' ? [{type: 'text', text: content}] : content
  return blocks
    .filter(({text}) => text !== '')
    .map((block, index, all): TextPart => {
      const marked = index === all.length - 1 ? [message, block] : [block]
      return {type: 'text', text: block.text, ...breakpointIn(...marked)}
    })
}

function userContent(message: z.output<typeof User>, images: FetchedImages, at: string): (TextPart | ImagePart)[] {
  const {content} = message
  if (typeof content === 'string') return [{type: 'text', text: content, ...breakpointIn(message)}]
  return content.map((part, index): TextPart | ImagePart => {
    const mark = breakpointIn(...(index === content.length - 1 ? [message, part] : [part]))
    if (part.type === 'text') return {type: 'text', text: part.text, ...mark}
    const {url, detail} = part.image_url
    const image = imageAt(url, images, `${at}.content[${index}].image_url.url`)
    return {type: 'image', ...image, ...(detail == null ? {} : {detail}), ...mark}
  })
}

function assistantContent(message: z.output<typeof Assistant>): (TextPart | ReasoningPart | ToolCallPart)[] {
  const {content, refusal, reasoning_content: reasoning, reasoning_signature: signature} = message
  const signed = signedOf(signature ?? undefined)
  const given = typeof content === 'string' ? [{type: 'text' as const, text: content}] : (content ?? [])
  const blocks = [
    ...given.map(part => (part.type === 'text' ? part : {type: 'text' as const, text: part.refusal})),
    ...(refusal ? [{type: 'text' as const, text: refusal}] : []),
  ]
  const calls = (message.tool_calls ?? []).map(
    ({id, function: {name, arguments: input}, extra_content: extra}): ToolCallPart => {
      const from = signedOf(extra?.omni)
      return {type: 'tool-call', id, name, input, ...(from ? {signed: from} : {})}
    },
  )
  const last = calls.length - 1
  return [
    ...(reasoning || signed ? [{type: 'reasoning' as const, text: reasoning ?? '', ...(signed ? {signed} : {})}] : []),
    ...textParts({content: blocks, cache_control: last < 0 ? message.cache_control : undefined}),
    ...calls.map((call, index) => (index === last ? {...call, ...breakpointIn(message)} : call)),
  ]
}

function toolResult(message: z.output<typeof Tool>, names: ReadonlyMap<string, string>, at: string): ToolResultPart {
  const {tool_call_id: id, content} = message
  const name = names.get(id)
  if (name === undefined) {
    throw new InvalidRequestError(
      `${at}.tool_call_id: no message before it calls a tool with this id`,
      `${at}.tool_call_id`,
    )
  }
  const mark = breakpointIn(...(typeof content === 'string' ? [] : content), message)
  return {type: 'tool-result', id, name, content: [{type: 'text', text: textOf(content)}], ...mark}
}
