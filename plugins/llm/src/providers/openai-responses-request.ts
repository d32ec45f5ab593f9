import type {
  ResponseCreateParamsBase,
  ResponseInputItem,
  ResponseInputMessageContentList,
  ResponseReasoningItem,
} from 'openai/resources/responses/responses'
import {instructionsText} from '../model/cache-breakpoints.ts'
import type {CompletionWarning} from '../model/completion-event.ts'
import type {CompletionMessage, CompletionRequest, ImagePart, TextPart} from '../model/completion-request.ts'
import type {OpenAiDialect} from './openai-dialect.ts'
import {
  breakpointMark,
  breakpointsTakenBy,
  isMarked,
  promptCacheOf,
  unknownOfPromptCache,
} from './openai-prompt-cache.ts'
import {takenBreakpoints} from './prompt-cache.ts'
import {dataUrlOf, defined, ignoredParameters, withoutParameters} from './request-parameters.ts'
import {isStrict} from './strict-schema.ts'
import {wireId} from './tool-call-ids.ts'

/** What Responses, with a model that reasons, has no place for. */
const IGNORED = ['temperature', 'topP', 'topK', 'stop', 'seed', 'frequencyPenalty', 'presencePenalty'] as const

/** The request in the terms of Responses, and what has no place there. */
export function responsesBody(
  model: string,
  given: CompletionRequest,
  dialect: OpenAiDialect,
): {body: ResponseCreateParamsBase; warnings: CompletionWarning[]} {
  const {provider, baseModel = model} = dialect
  const unknown = unknownOfPromptCache(baseModel, given, dialect)
  const warnings = ignoredParameters(model, given, [...IGNORED, ...unknown])
  const taken = breakpointsTakenBy(provider, baseModel)
  const request = takenBreakpoints(provider, withoutParameters(given, unknown), taken, warnings)
  return {body: bodyOf(model, request, dialect), warnings}
}

function bodyOf(model: string, request: CompletionRequest, dialect: OpenAiDialect): ResponseCreateParamsBase {
  const {responseFormat: format, toolChoice: choice, system} = request
  // Instructions are one text, and only an item has breakpoints.
  const marked = typeof system === 'object' && isMarked(system) ? system : undefined
  return defined({
    model,
    instructions: marked ? undefined : instructionsText(system),
    input: [
      ...(marked ? [{role: 'developer' as const, content: marked.map(inputOf)}] : []),
      ...request.messages.flatMap(message => itemsOf(message, dialect)),
    ],
    max_output_tokens: request.maxOutputTokens,
    reasoning: reasoningOf(request),
    text: format && {format: formatOf(format)},
    tools: request.tools?.map(({name, description, inputSchema, strict}) =>
      defined({
        type: 'function' as const,
        name,
        description,
        parameters: inputSchema as Record<string, unknown>,
        strict: strict ?? false,
      }),
    ),
    tool_choice: typeof choice === 'object' ? {type: 'function' as const, name: choice.tool} : choice,
    parallel_tool_calls: request.parallelToolCalls,
    [dialect.userField]: request.user,
    ...promptCacheOf(request),
    store: false,
    include: ['reasoning.encrypted_content' as const],
  })
}

function formatOf(format: NonNullable<CompletionRequest['responseFormat']>) {
  if (format.type === 'json') return {type: 'json_object' as const}
  const schema = format.schema as Record<string, unknown>
  return {type: 'json_schema' as const, name: format.name, schema, strict: format.strict ?? isStrict(schema)}
}

function reasoningOf({reasoningEffort: effort, reasoningSummary: wish}: CompletionRequest) {
  const summary = wish === 'none' ? undefined : wish
  return effort === undefined && summary === undefined ? undefined : defined({effort, summary})
}

function itemsOf(message: CompletionMessage, dialect: OpenAiDialect): ResponseInputItem[] {
  switch (message.role) {
    case 'user':
      return [{role: 'user', content: message.content.map(inputOf)}]
    case 'assistant':
      return message.content.flatMap(part => assistantItem(part, dialect))
    case 'tool':
      return message.content.map(({id, content, isError, cacheBreakpoint}) => ({
        type: 'function_call_output',
        call_id: wireId(id),
        output: [
          ...(isError ? [{type: 'input_text' as const, text: 'Error:'}] : []),
          ...content.map((part, at) =>
            inputOf(cacheBreakpoint && at === content.length - 1 ? {...part, cacheBreakpoint} : part),
          ),
        ],
      }))
  }
}

function inputOf(part: TextPart | ImagePart): ResponseInputMessageContentList[number] {
  if (part.type === 'text') return {type: 'input_text', text: part.text, ...breakpointMark(part)}
  return {type: 'input_image', image_url: dataUrlOf(part), detail: part.detail ?? 'auto', ...breakpointMark(part)}
}

function assistantItem(
  part: Extract<CompletionMessage, {role: 'assistant'}>['content'][number],
  {provider}: OpenAiDialect,
): ResponseInputItem[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{role: 'assistant', content: part.text}]
    case 'tool-call': {
      const input = part.input === '' ? '{}' : part.input
      return [{type: 'function_call', call_id: wireId(part.id), name: part.name, arguments: input}]
    }
    case 'reasoning':
      return part.signed?.provider === provider ? [part.signed.data as ResponseReasoningItem] : []
  }
}
