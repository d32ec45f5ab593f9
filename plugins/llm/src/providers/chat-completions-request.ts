import type {
  ChatCompletionContentPart,
  ChatCompletionContentPartText,
  ChatCompletionCreateParamsBase,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions'
import {instructionsText} from '../model/cache-breakpoints.ts'
import type {CompletionWarning} from '../model/completion-event.ts'
import type {
  CompletionMessage,
  CompletionRequest,
  ImagePart,
  TextPart,
  ToolResultPart,
} from '../model/completion-request.ts'
import {familyOf} from '../models/model-families.ts'
import type {OpenAiDialect} from './openai-dialect.ts'
import {
  breakpointMark,
  breakpointsTakenBy,
  isMarked,
  promptCacheOf,
  unknownOfPromptCache,
} from './openai-prompt-cache.ts'
import {PROMPT_CACHE, takenBreakpoints} from './prompt-cache.ts'
import {dataUrlOf, defined, ignoredParameters, ignoredSummary, withoutParameters} from './request-parameters.ts'
import {isStrict} from './strict-schema.ts'
import {wireId} from './tool-call-ids.ts'

/** The request in OpenAI's terms, and what its model does not take. */
export function chatBody(
  model: string,
  request: CompletionRequest,
  dialect: OpenAiDialect,
): {body: ChatCompletionCreateParamsBase; warnings: CompletionWarning[]} {
  const {provider, baseModel = model} = dialect
  const ignored = unsupported(baseModel, request, dialect)
  const warnings = [...ignoredParameters(model, request, ignored), ...ignoredSummary(model, request)]
  const taken = breakpointsTakenBy(provider, baseModel)
  const obeyed = takenBreakpoints(provider, withoutParameters(request, ignored), taken, warnings)
  return {body: bodyOf(model, obeyed, dialect), warnings}
}

/** https://platform.openai.com/docs/guides/reasoning and …/guides/latest-model; other servers say so themselves. */
function unsupported(model: string, request: CompletionRequest, dialect: OpenAiDialect): (keyof CompletionRequest)[] {
  const {provider} = dialect
  // Strict servers refuse a request for a parameter that is OpenAI's alone.
  if (provider === 'openai-compatible') return [...PROMPT_CACHE]
  const uncached = unknownOfPromptCache(model, request, dialect)
  const family = familyOf(provider, model)
  if (!family) return ['topK', ...uncached]
  const {reasoningEffort: effort} = request
  const takesSampling =
    family.sampling === 'always' ||
    (family.sampling === 'without-reasoning' && (effort === undefined || effort === 'none'))
  return [
    'topK',
    ...uncached,
    ...(takesSampling ? [] : (['temperature', 'topP', 'frequencyPenalty', 'presencePenalty'] as const)),
    ...(family.thinking === 'always' ? (['stop'] as const) : []),
    ...(family.capabilities.includes('reasoning') ? [] : (['reasoningEffort'] as const)),
  ]
}

function bodyOf(model: string, request: CompletionRequest, dialect: OpenAiDialect): ChatCompletionCreateParamsBase {
  return defined({
    model,
    messages: chatMessages(request),
    [dialect.tokenLimit]: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    // Only other servers have it.
    top_k: request.topK,
    stop: request.stop && [...request.stop],
    seed: request.seed,
    frequency_penalty: request.frequencyPenalty,
    presence_penalty: request.presencePenalty,
    reasoning_effort: request.reasoningEffort,
    [dialect.userField]: request.user,
    ...promptCacheOf(request),
    response_format: responseFormat(request),
    ...toolParameters(request),
  }) as ChatCompletionCreateParamsBase
}

function responseFormat({responseFormat: format}: CompletionRequest) {
  if (!format) return undefined
  if (format.type === 'json') return {type: 'json_object' as const}
  // `strict` demands a subset of JSON schema, to which the caller's keeps or not where they do not say.
  return {
    type: 'json_schema' as const,
    json_schema: {
      name: format.name,
      schema: format.schema as Record<string, unknown>,
      strict: format.strict ?? isStrict(format.schema),
    },
  }
}

function toolParameters(request: CompletionRequest) {
  if (!request.tools?.length) return {}
  const {toolChoice, parallelToolCalls} = request
  return {
    tools: request.tools.map(({name, description, inputSchema, strict}) => ({
      type: 'function' as const,
      function: defined({name, description, parameters: inputSchema, strict}),
    })),
    tool_choice:
      typeof toolChoice === 'object' ? {type: 'function' as const, function: {name: toolChoice.tool}} : toolChoice,
    parallel_tool_calls: parallelToolCalls,
  }
}

function chatMessages(request: CompletionRequest): ChatCompletionMessageParam[] {
  const {system: given} = request
  const content = typeof given === 'object' && isMarked(given) ? given.map(textPart) : instructionsText(given)
  const system = content === undefined ? [] : [{role: 'system' as const, content}]
  return [...system, ...request.messages.flatMap(messagesOf)]
}

function messagesOf(message: CompletionMessage): ChatCompletionMessageParam[] {
  switch (message.role) {
    case 'user':
      return [{role: 'user', content: contentOf(message.content)}]
    case 'assistant': {
      // Chat Completions has no place for what a model thought.
      const text = message.content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('')
      const calls = message.content.filter(part => part.type === 'tool-call')
      if (calls.length === 0) return [{role: 'assistant', content: text}]
      return [
        {
          role: 'assistant',
          content: text === '' ? null : text,
          tool_calls: calls.map(({id, name, input}) => ({
            id: wireId(id),
            type: 'function',
            function: {name, arguments: input === '' ? '{}' : input},
          })),
        },
      ]
    }
    case 'tool':
      return toolMessages(message.content)
  }
}

/** A tool's answer is text; pictures of it follow in the user's name, where alone they are allowed. */
function toolMessages(results: readonly ToolResultPart[]): ChatCompletionMessageParam[] {
  const answers = results.map(result => ({
    role: 'tool' as const,
    tool_call_id: wireId(result.id),
    content: toolContent(result),
  }))
  const pictures = results.flatMap(({id, content}) => {
    const images = content.filter(part => part.type === 'image')
    return images.length === 0 ? [] : [{type: 'text' as const, text: `Images of ${id}:`}, ...images.map(imageOf)]
  })
  return pictures.length === 0 ? answers : [...answers, {role: 'user', content: pictures}]
}

function toolContent(result: ToolResultPart) {
  const text = toolText(result)
  return isMarked([result, ...result.content]) ? [textPart({text, cacheBreakpoint: {}})] : text
}

function toolText({content, isError}: ToolResultPart): string {
  const text = content.map(part => (part.type === 'text' ? part.text : '[image]')).join('\n')
  return isError ? `Error: ${text}` : text
}

/** One text as a string, which servers that know no parts understand as well. */
function contentOf(parts: readonly (TextPart | ImagePart)[]): string | ChatCompletionContentPart[] {
  if (parts.every(part => part.type === 'text') && !isMarked(parts)) return parts.map(({text}) => text).join('\n')
  return parts.map(part => (part.type === 'text' ? textPart(part) : imageOf(part)))
}

function textPart({text, ...mark}: Pick<TextPart, 'text' | 'cacheBreakpoint'>): ChatCompletionContentPartText {
  return {type: 'text', text, ...breakpointMark(mark)}
}

function imageOf(image: ImagePart) {
  const shown = defined({url: dataUrlOf(image), detail: image.detail})
  return {type: 'image_url' as const, image_url: shown, ...breakpointMark(image)}
}
